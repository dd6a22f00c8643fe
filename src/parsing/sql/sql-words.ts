const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** Words that are never the name or alias of a table or routine unless quoted, in any dialect. */
export const SQL_KEYWORDS: ReadonlySet<string> = words(`
  select from where and or not in is null as on join inner left right full outer cross natural apply group by order having union
  all distinct insert into values set update delete merge using when matched then with begin end if elsif elseif else case loop
  while for return returns declare exception cursor open fetch close exec execute call perform create alter replace drop truncate
  procedure proc function trigger package type view table go limit offset next only between like exists cast convert commit
  rollback raise language default out inout nocopy immediate over partition rows range pivot unpivot top percent output recursive
  materialized lateral ordinality tablesample print throw try catch tran transaction save goto waitfor connect start prior
  level to do handler continue exit leave iterate repeat until of current forall bulk collect pipe row pragma returning conflict
  nothing use grant revoke deny key index primary unique foreign references check constraint add column identity some any escape
  within collate at filter sets grouping cube rollup setof varying precision unnest except intersect minus straight_join qualify
  modifies reads deterministic raiserror analyze explain vacuum prepare
  deallocate sqlexception found then elsif instead before after each immutable stable volatile strict definer invoker
  int integer bigint smallint tinyint varchar varchar2 nvarchar nvarchar2 char nchar character text clob nclob blob raw number
  numeric decimal float real double bit boolean bool date datetime datetime2 smalldatetime datetimeoffset time timestamp timestamptz
  interval money uniqueidentifier xml json jsonb uuid bytea serial bigserial varbinary binary long rowid pls_integer binary_integer
  true false rowtype `);

/** Functions every database brings along: calls of them say nothing about the program. */
export const SQL_BUILTINS: ReadonlySet<string> = words(`
  count sum min max avg coalesce nvl nvl2 decode isnull ifnull nullif substr substring instr length len upper lower trim ltrim rtrim
  lpad rpad replace translate concat concat_ws to_char to_date to_number to_timestamp to_clob to_json to_jsonb sysdate systimestamp
  getdate getutcdate sysutcdatetime sysdatetime sysdatetimeoffset dateadd datediff datepart datename datediff_big day month year hour
  minute second week quarter round trunc floor ceil ceiling abs mod power sqrt exp ln log sign sin cos tan greatest least row_number
  rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value listagg string_agg array_agg xmlagg
  xmlelement xmlforest xmltable xmltype json_object json_array json_value json_query json_table json_extract json_unquote json_set
  json_agg jsonb_agg json_build_object jsonb_build_object json_modify row_to_json openjson openxml openquery openrowset stuff
  charindex patindex left right cast convert try_convert try_cast try_parse parse iif choose format format_message object_id
  object_name db_name db_id schema_name schema_id col_length col_name type_id scope_identity ident_current row_count found_rows
  last_insert_id now curdate curtime current_date current_timestamp sysdatetime extract date_trunc date_part date_add date_sub
  date_format str_to_date timestampdiff timestampadd unix_timestamp from_unixtime make_date make_interval age clock_timestamp str
  space char chr ascii nchar unicode quotename newid newsequentialid rand random checksum hashbytes error_message error_number
  error_severity error_state error_line error_procedure xact_state raiserror raise_application_error sqlerrm sqlcode user userenv
  sys_context sys_guid regexp_like regexp_replace regexp_substr regexp_instr regexp_count regexp_matches regexp_split_to_table initcap
  add_months months_between last_day next_day new_time hextoraw rawtohex empty_clob empty_blob bitand cardinality array array_length
  array_append array_remove array_to_string string_to_array split_part position overlay generate_series unnest pg_notify pg_sleep
  pg_advisory_xact_lock md5 sha2 sha1 quote_ident quote_literal quote_nullable format_type nextval currval setval lastval
  sp_executesql exists values over partition rollup cube grouping table cursor multiset treat deref value column in any all some
  date timestamp time varchar varchar2 nvarchar number numeric decimal char int integer raw float nodes query modify exist
  binary_checksum isnumeric isdate isjson parsename serverproperty databasepropertyex objectproperty columnproperty indexproperty
  object_definition has_perms_by_name is_member is_srvrolemember suser_sname suser_name original_login app_name host_name version
  user_name reverse replicate soundex difference datefromparts datetimefromparts eomonth string_split compress decompress
  group_concat if elt field find_in_set uuid sleep hex unhex truncate signal benchmark inet_aton any_value bool_and bool_or every
  stddev variance corr covar_pop percentile_cont percentile_disc median mode to_tsvector to_tsquery ts_rank ctid set_config
  current_setting pg_typeof has_table_privilege crypt gen_random_uuid gen_salt uuid_generate_v4 count_big grouping_id vsize dump
  nullif lnnvl nanvl ora_hash stats_mode wm_concat sys_connect_by_path connect_by_root eventdata update columns_updated
  coalesce isfinite justify_days to_regclass pg_get_serial_sequence row hashtext encode decode convert_from convert_to`);

/** Packages of the database itself. */
export const SYSTEM_PREFIX: RegExp =
  /^(?:dbms_|utl_|apex_|owa_|htp\.|htf\.|sys\.|standard\.|pg_catalog\.|information_schema\.)/iu;

/** Methods of collections, sequences and XML columns: `ids.count`, `doc.value(...)`. */
export const VALUE_METHODS: ReadonlySet<string> = words(
  'count first last next prior exists delete extend trim limit nextval currval nodes value query exist modify getclobval getstringval',
);

/** Functions with a `FROM` among their arguments: `extract(year from d)`. */
export const FUNCTIONS_WITH_FROM: ReadonlySet<string> = words('extract trim substring overlay position ltrim rtrim');

/** Words that end the list of tables of a query at their level. */
export const CLAUSE_WORDS: ReadonlySet<string> = words(
  'where group order having set values returning output limit window connect start qualify offset option union except intersect minus',
);

/** Words that start a statement where none is open, for T-SQL, which needs no semicolons. */
export const TSQL_STATEMENT_WORDS: ReadonlySet<string> = words(
  'if while return print declare begin end throw raiserror open close deallocate create alter drop use commit rollback save goto waitfor',
);

/** Tables that are not: Oracle's one-row table, the rows a trigger sees. */
export const PSEUDO_TABLES: ReadonlySet<string> = words('dual sys.dual inserted deleted new old');

/** Hints in parentheses after a T-SQL table: `orders (nolock)`. */
export const TABLE_HINTS: ReadonlySet<string> = words(
  'nolock holdlock rowlock updlock readpast tablock tablockx xlock paglock index forceseek forcescan readuncommitted readcommitted serializable snapshot noexpand',
);

/** What a text that holds SQL starts with. A single verb is not enough: messages start with "Update" and "Delete" too. */
export const SQL_IN_STRING: RegExp =
  /^\s*(?:select\s[\s\S]{1,4000}?\bfrom\b|insert\s+(?:into\b|ignore\b|\w+[\w.]*\s*\()|update\s+[^\s]+\s+(?:\w+\s+)?set\b|delete\s+(?:from\b|\w+\s+from\b)|merge\s+into\b|truncate\s+table\b|drop\s+table\b|begin\s|declare\s|call\s+\w|exec(?:ute)?\s+\w|with\s+\w+\s+as\s*\()/iu;
