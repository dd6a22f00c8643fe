"""Prints invented texts in many languages as JSON: {"faker": version, "texts": [[locale, text], ...]}.

Needs the package `faker` (MIT), version 40.54.0, in a scratch environment:
    python3 -m venv /some/where && /some/where/bin/pip install faker==40.54.0
    /some/where/bin/python scripts/tokenizer/faker-texts.py > faker-texts.json
"""

import json
import sys

import faker

LOCALES = """ar_AA ar_SA az_AZ bg_BG bn_BD bs_BA cs_CZ da_DK de_DE el_GR en_US en_IN es_ES es_MX et_EE fa_IR fi_FI fil_PH
fr_FR ga_IE gu_IN he_IL hi_IN hr_HR hu_HU hy_AM id_ID is_IS it_IT ja_JP ka_GE ko_KR lt_LT lv_LV mk_MK mr_IN ne_NP nl_NL
no_NO or_IN pl_PL pt_BR pt_PT ro_RO ru_RU si_LK sk_SK sl_SI sv_SE ta_IN th_TH tr_TR uk_UA uz_UZ vi_VN yo_NG zh_CN zh_TW""".split()
# Providers without texts of their own for a locale fall back to English words: these are asked for everything they know.
METHODS = "sentence name address job company catch_phrase paragraph text".split()
PER_LOCALE = 170


def main() -> None:
    texts = []
    for index, locale in enumerate(LOCALES):
        source = faker.Faker(locale)
        source.seed_instance(20_261_123 + index)
        seen = set()
        for attempt in range(PER_LOCALE * 4):
            method = METHODS[attempt % len(METHODS)]
            if method in ("sentence", "paragraph", "text") and not hasattr(
                sys.modules.get(f"faker.providers.lorem.{locale}"), "Provider"
            ):
                method = METHODS[1 + attempt % 4]
            try:
                made = str(getattr(source, method)())
            except AttributeError:
                continue
            text = made[:160]
            if text not in seen and len(seen) < PER_LOCALE:
                seen.add(text)
                texts.append([locale, text])
    json.dump({"faker": faker.VERSION, "texts": texts}, sys.stdout, ensure_ascii=True)


main()
