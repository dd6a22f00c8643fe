import type { SeededRandom } from './random.ts';

const WORDS = (
  'user order invoice customer payment total amount index buffer token stream cache config parse resolve handler request ' +
  'pedido cliente relatorio estoque gravar kunde rechnung größe файл запрос 订单 ユーザー'
).split(' ');
const TEMPLATES: readonly string[] = [
  'public final class $P {\n    private final Map<String, $P> $c = new HashMap<>();\n\n    @Override\n    public int $c(List<$P> $c) throws IOException {\n        return this.$c.size() + $n;\n    }\n}',
  'func ($l *$P) $P(ctx context.Context, $c []byte) (*$P, error) {\n\tif len($c) == 0 {\n\t\treturn nil, fmt.Errorf("$s: %w", err)\n\t}\n\treturn &$P{$P: $n}, nil\n}',
  "impl<'a, T: $P> $P<'a, T> {\n    pub fn $s(&mut self, $s: &[u8]) -> Result<Vec<$P>, $PError> {\n        self.$s.iter().map(|x| x.$s()).collect::<Result<_, _>>()\n    }\n}",
  'def $s($s: list[$P], *, $s: int = $n) -> dict[str, Any]:\n    """$W $w $w."""\n    return {k: v for k, v in $s.items() if v >= $n.5}',
  "CREATE OR REPLACE PROCEDURE $s_$s(p_$s IN NUMBER, p_$s OUT VARCHAR2) IS\nBEGIN\n  SELECT $s, SUM($s) INTO v_$s FROM $s t JOIN $s u ON t.id = u.$s_id WHERE t.$s > $n;\nEXCEPTION\n  WHEN NO_DATA_FOUND THEN\n    RAISE_APPLICATION_ERROR(-20001, '$W $w');\nEND $s_$s;\n/",
  "ALTER PROCEDURE dbo.usp_$P$P @$c INT, @$c NVARCHAR($n) AS\nBEGIN\n\tSET NOCOUNT ON;\n\tUPDATE [dbo].[$P] SET [$P] = @$c WHERE [$P] = N'$w';\nEND\nGO",
  'static inline int $s_$s(const struct $s *restrict $l, size_t $s)\n{\n\tif (!$l || $s > UINT$n_MAX)\n\t\treturn -EINVAL; /* $w $w */\n\treturn $l->$s[$n] & 0x$nff;\n}',
  'export async function $c({ $c, $c = $n }: $P): Promise<$P[]> {\n  const $c = await this.#$c.map(($l) => $l?.$c ?? `$w ${$c}`);\n  return $c.filter(Boolean);\n}',
  'namespace $P.$P;\n\npublic record $P(int $P, string? $P)\n{\n    public async Task<$P> $PAsync() => await _$c.FirstOrDefaultAsync(x => x.$P == $n);\n}',
  'template <typename T>\nstd::vector<T> $P::$c(const std::unique_ptr<$P>& $s) noexcept {\n  for (auto&& [$l, v] : $s->$c()) out.emplace_back(std::move(v), $n);\n}',
  "<?php\nfinal class $P extends $P {\n    public function $c(array $$c): ?string { return $$c['$s'] ?? null; } // $W\n}",
  'class $P < ApplicationRecord\n  has_many :$s, dependent: :destroy\n  def $s = $s.where("$s > ?", $n).pluck(:$s)\nend',
  '<div class="$w-$w $w" data-$w="$n">\n  <h1>{{ $c.$c | $w }}</h1>\n</div>',
  '#!/usr/bin/env bash\nset -euo pipefail\nfor $l in "${$W[@]}"; do\n  $w --$w="$$l" | sed -E \'s/^($w)$/\\1/\' > "/tmp/$w.$n"\ndone',
  '{\n  "$c": { "$c": [$n, $n, -$n.25e-3], "$s": null },\n  "$W": "$w \\"$w\\"\\n"\n}',
];

/** A made-up piece of source code in one of several languages. */
export function randomCode(random: SeededRandom): string {
  return random.pick(TEMPLATES).replace(/\$([PcswWnl])/g, (_match, kind: string) => {
    const words = [random.pick(WORDS), random.pick(WORDS)];
    const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
    if (kind === 'P') return pascal;
    if (kind === 'c') return pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
    if (kind === 's') return words.join('_');
    if (kind === 'n') return String(random.integer(10 ** (1 + random.integer(6))));
    if (kind === 'l') return String.fromCharCode(0x61 + random.integer(26));
    const [word = ''] = words;
    return kind === 'W' ? word.toUpperCase() : word;
  });
}
