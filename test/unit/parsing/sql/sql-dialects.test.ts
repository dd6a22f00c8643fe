import { describe, expect, it } from 'vitest';
import { summarize } from './summarize.ts';

describe('Oracle PL/SQL', () => {
  it('reads a package with its interface in the same file', () => {
    const text = `CREATE OR REPLACE PACKAGE app.util AS
  -- Rounds to cents.
  FUNCTION cents(p NUMBER) RETURN NUMBER;
  PROCEDURE reset_all;
END util;
/
CREATE OR REPLACE PACKAGE BODY app.util AS
  PROCEDURE reset_all;
  FUNCTION cents(p NUMBER) RETURN NUMBER IS BEGIN RETURN other.scale(p); END;
  PROCEDURE reset_all IS BEGIN DELETE FROM counters; cents(1); log_it; END reset_all;
BEGIN
  INSERT INTO boot_log(at) VALUES (SYSDATE);
END util;
/`;
    expect(summarize(text, 'plsql')).toEqual({
      'package app.util': ['writes boot_log'],
      'function app.util.cents': ['calls other.scale'],
      'procedure app.util.reset_all': ['calls cents', 'calls log_it', 'writes counters'],
    });
  });

  it('follows CASE, IF and LOOP to the right END', () => {
    const text = `CREATE PROCEDURE p IS
  l_x NUMBER := CASE WHEN 1 = 1 THEN 1 ELSE 2 END;
BEGIN
  IF l_x = 1 THEN
    FOR r IN (SELECT id FROM a) LOOP
      CASE r.id WHEN 1 THEN first_thing; ELSE NULL; END CASE;
    END LOOP;
  END IF;
  UPDATE b SET c = CASE WHEN d THEN 1 ELSE 0 END;
END;
/
CREATE PROCEDURE q IS BEGIN after_p; END;
/`;
    expect(summarize(text, 'plsql')).toEqual({
      'procedure p': ['calls first_thing', 'reads a', 'writes b'],
      'procedure q': ['calls after_p'],
    });
  });

  it('reads a compound trigger', () => {
    const text = `CREATE OR REPLACE TRIGGER trg FOR INSERT OR UPDATE ON sales.orders COMPOUND TRIGGER
  BEFORE STATEMENT IS BEGIN start_audit; END BEFORE STATEMENT;
  AFTER EACH ROW IS BEGIN INSERT INTO audit_rows VALUES (:new.id); END AFTER EACH ROW;
END trg;
/`;
    expect(summarize(text, 'plsql')).toEqual({
      'trigger trg': ['calls start_audit', 'references sales.orders', 'writes audit_rows'],
    });
  });

  it('knows INSERT ALL, MERGE, CONNECT BY, links and sequences', () => {
    const text = `CREATE PROCEDURE p IS BEGIN
  INSERT ALL WHEN a > 1 THEN INTO big VALUES (1) ELSE INTO small VALUES (2) SELECT a FROM src@remote;
  MERGE INTO tgt t USING staging s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET t.a = s.a DELETE WHERE s.x = 1
    WHEN NOT MATCHED THEN INSERT (id) VALUES (order_seq.NEXTVAL);
  SELECT EXTRACT(YEAR FROM hired) INTO v FROM staff START WITH boss IS NULL CONNECT BY PRIOR id = boss;
END;
/`;
    expect(summarize(text, 'plsql')).toEqual({
      'procedure p': [
        'reads src',
        'reads staff',
        'reads staging',
        'references order_seq',
        'writes big',
        'writes small',
        'writes tgt',
      ],
    });
  });

  it('reads type bodies, anonymous blocks and quoted strings', () => {
    const text = `CREATE TYPE BODY point AS
  MEMBER FUNCTION norm RETURN NUMBER IS BEGIN RETURN geo.length(q'{it's}'); END;
END;
/
DECLARE
  l_count NUMBER;
BEGIN
  SELECT COUNT(*) INTO l_count FROM jobs;
  job_pkg.run(l_count);
END;
/`;
    expect(summarize(text, 'plsql')).toEqual({
      'type point': [],
      'function point.norm': ['calls geo.length'],
      file: ['calls job_pkg.run', 'reads jobs'],
    });
  });

  it('reads prose as prose', () => {
    const text = `CREATE TABLE t (id NUMBER(10));\nCOMMENT ON TABLE t IS 'Delete from nowhere';`;
    expect(summarize(text, 'plsql')).toEqual({ 'table t': [] });
  });

  it('leaves cursors, collections and types out', () => {
    const text = `CREATE PROCEDURE p IS
  TYPE t_list IS TABLE OF orders%ROWTYPE;
  l_list t_list := t_list();
  CURSOR c(p_id NUMBER) IS SELECT * FROM lines;
BEGIN
  FOR r IN c(1) LOOP l_list(r.id) := r; END LOOP;
  OPEN c(2); FETCH c BULK COLLECT INTO l_list LIMIT 100; CLOSE c;
  IF l_list.EXISTS(1) THEN l_list.DELETE(1); END IF;
END;`;
    expect(summarize(text, 'plsql')).toEqual({ 'procedure p': ['reads lines'] });
  });
});

describe('T-SQL', () => {
  it('needs no semicolons', () => {
    const text = `CREATE PROC dbo.p AS
DECLARE @n INT
SELECT @n = COUNT(*) FROM dbo.a
UPDATE x SET v = 1 FROM dbo.b x JOIN dbo.c ON c.id = x.id
IF @n > 1
  DELETE FROM dbo.d
ELSE
  EXEC dbo.q @n
INSERT dbo.e SELECT * FROM dbo.f
SELECT * INTO dbo.g FROM dbo.h
GO
CREATE PROC dbo.q @x INT AS RETURN 1
GO`;
    expect(summarize(text, 'tsql')).toEqual({
      'procedure dbo.p': [
        'calls dbo.q',
        'reads dbo.a',
        'reads dbo.b',
        'reads dbo.c',
        'reads dbo.f',
        'reads dbo.h',
        'writes dbo.b',
        'writes dbo.d',
        'writes dbo.e',
        'writes dbo.g',
      ],
      'procedure dbo.q': [],
    });
  });

  it('keeps common table expressions, temporary tables and table variables local', () => {
    const text = `CREATE PROCEDURE p AS
BEGIN
  CREATE TABLE #t (id INT)
  INSERT INTO #t SELECT id FROM real_table
  DECLARE @v TABLE (id INT)
  INSERT @v SELECT id FROM #t
  ;WITH a AS (SELECT * FROM base), b (x) AS (SELECT id FROM a) SELECT * FROM b JOIN other ON b.x = other.x
  UPDATE t SET id = 1 FROM #t t
  SELECT * INTO #u FROM more
END`;
    expect(summarize(text, 'tsql')).toEqual({
      'procedure p': ['reads base', 'reads more', 'reads other', 'reads real_table'],
    });
  });

  it('reads functions, OUTPUT INTO, APPLY and hints', () => {
    const text = `CREATE FUNCTION [dbo].[f] (@id INT = 1) RETURNS @r TABLE (id INT) WITH EXECUTE AS OWNER AS
BEGIN
  INSERT @r SELECT a.id FROM [Sales Data].[Order Lines] a WITH (NOLOCK), u (NOLOCK) CROSS APPLY dbo.split(a.tags, ',') s
  RETURN
END
GO
CREATE PROCEDURE archive AS DELETE o OUTPUT deleted.id INTO dbo.gone (id) FROM dbo.live o WHERE dbo.is_old(o.at) = 1
GO`;
    expect(summarize(text, 'tsql')).toEqual({
      'function dbo.f': ['calls dbo.split', 'reads Sales Data.Order Lines', 'reads u'],
      'procedure archive': ['calls dbo.is_old', 'writes dbo.gone', 'writes dbo.live'],
    });
  });

  it('scans SQL in strings', () => {
    const text = `CREATE PROC p AS
BEGIN
  DECLARE @s NVARCHAR(MAX) = N'SELECT * FROM dbo.Orders WHERE Name = ''x'' AND dbo.fn_Ok(1) = 1'
  EXEC (@s)
  EXEC sp_executesql N'UPDATE dbo.Stock SET n = 0'
  PRINT 'Update was made from here'
END`;
    expect(summarize(text, 'tsql')).toEqual({
      'procedure p': ['calls* dbo.fn_Ok', 'reads* dbo.Orders', 'writes* dbo.Stock'],
    });
  });

  it('reads tables, indexes, types, sequences, views and triggers', () => {
    const text = `CREATE TABLE dbo.a ([id] [nvarchar](50) NOT NULL, b INT REFERENCES dbo.b(id), CONSTRAINT pk PRIMARY KEY CLUSTERED (id)) ON [PRIMARY]
CREATE UNIQUE NONCLUSTERED INDEX ix_a ON dbo.a (id) INCLUDE (b)
CREATE SEQUENCE dbo.seq START WITH 1
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id, dbo.fmt(id) AS f FROM dbo.a
GO
CREATE TRIGGER dbo.t ON dbo.a FOR INSERT, UPDATE AS BEGIN IF UPDATE(id) INSERT INTO dbo.log SELECT id FROM inserted END
GO`;
    expect(summarize(text, 'tsql')).toEqual({
      'table dbo.a': ['references dbo.b'],
      'index ix_a': ['references dbo.a'],
      'sequence dbo.seq': [],
      'view dbo.v': ['calls dbo.fmt', 'reads dbo.a'],
      'trigger dbo.t': ['references dbo.a', 'writes dbo.log'],
    });
  });

  it('takes rights and events for what they are', () => {
    const text = `GRANT SELECT, INSERT, UPDATE ON dbo.a TO app
GO
ALTER PROCEDURE dbo.p AS MERGE INTO dbo.t AS x USING (SELECT id FROM dbo.s) AS y ON x.id = y.id
WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (y.id);
GO`;
    expect(summarize(text, 'tsql')).toEqual({ 'procedure dbo.p': ['reads dbo.s', 'writes dbo.t'] });
  });
});

describe('PL/pgSQL', () => {
  it('reads SQL functions and standard bodies', () => {
    const text = `CREATE FUNCTION add_one(i int) RETURNS int LANGUAGE sql AS 'SELECT bump(i) FROM params';
CREATE FUNCTION total() RETURNS bigint BEGIN ATOMIC SELECT CASE WHEN true THEN count(*) END FROM ledger; END;
CREATE FUNCTION native() RETURNS int AS $$ import os; from x import y $$ LANGUAGE plpython3u;
SELECT add_one(1);`;
    expect(summarize(text, 'plpgsql')).toEqual({
      'function add_one': ['calls bump', 'reads params'],
      'function total': ['reads ledger'],
      'function native': [],
      file: ['calls add_one'],
    });
  });

  it('reads triggers, their functions and DO blocks', () => {
    const text = `CREATE OR REPLACE FUNCTION stamp() RETURNS trigger AS $body$
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO audit.log(id) VALUES (NEW.id) ON CONFLICT (id) DO UPDATE SET n = 1; END IF;
  RETURN NEW;
END
$body$ LANGUAGE plpgsql;
CREATE TRIGGER stamp_orders BEFORE INSERT OR UPDATE OF total ON shop.orders FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION stamp();
DO $$ BEGIN PERFORM audit.prune(); END $$;`;
    expect(summarize(text, 'plpgsql')).toEqual({
      'function stamp': ['writes audit.log'],
      'trigger stamp_orders': ['calls stamp', 'references shop.orders'],
      file: ['calls audit.prune'],
    });
  });

  it('leaves temporary tables and loop variables out', () => {
    const text = `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record; cur CURSOR FOR SELECT * FROM pending;
BEGIN
  CREATE TEMP TABLE work AS SELECT * FROM jobs;
  FOR r IN SELECT * FROM work LOOP
    UPDATE jobs SET done = true WHERE id = r.id;
  END LOOP;
  FETCH NEXT FROM cur INTO r;
  RAISE NOTICE 'done with %', r;
END $$;`;
    expect(summarize(text, 'plpgsql')).toEqual({ 'function f': ['reads jobs', 'reads pending', 'writes jobs'] });
  });

  it('reads dynamic SQL', () => {
    const text = `CREATE PROCEDURE p(t text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %I', t);
  EXECUTE 'INSERT INTO history SELECT * FROM current_state' USING t;
  EXECUTE $q$ UPDATE counters SET n = 0 $q$;
END $$;`;
    expect(summarize(text, 'plpgsql')).toEqual({
      'procedure p': ['reads* current_state', 'writes* counters', 'writes* history'],
    });
  });

  it('reads a dump: schema, types, sequences, copied rows and views', () => {
    const text = `CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('new', 'old');
CREATE SEQUENCE shop.ids START 1;
CREATE TABLE IF NOT EXISTS shop.orders (id bigint DEFAULT nextval('shop.ids'), kind shop.state, c bigint REFERENCES shop.clients ON DELETE CASCADE);
COPY shop.orders (id, kind) FROM stdin;
1\tit's
2\tnew
\\.
CREATE UNIQUE INDEX CONCURRENTLY orders_kind ON shop.orders USING btree (lower(kind));
CREATE MATERIALIZED VIEW shop.recent AS SELECT o.* FROM ONLY shop.orders o JOIN LATERAL (SELECT 1 FROM shop.lines) l USING (id), shop.extra WITH NO DATA;`;
    expect(summarize(text, 'plpgsql')).toEqual({
      'schema shop': [],
      'type shop.state': [],
      'sequence shop.ids': [],
      'table shop.orders': ['references shop.clients'],
      'index orders_kind': ['references shop.orders'],
      'view shop.recent': ['reads shop.extra', 'reads shop.lines', 'reads shop.orders'],
      file: ['writes shop.orders'],
    });
  });
});

describe('MySQL and MariaDB', () => {
  it('ends routines by their blocks, not by their conditions', () => {
    const text = `DELIMITER //
CREATE PROCEDURE a(IN p INT)
BEGIN
  IF (p > 1) THEN CALL one(); END IF;
  WHILE p < 10 DO SET p = p + 1; UPDATE t SET n = p; END WHILE;
  CASE p WHEN 1 THEN SELECT 1 FROM x; END CASE;
END//
CREATE PROCEDURE b() SELECT * FROM y//
DELIMITER ;
CALL a(1);`;
    expect(summarize(text, 'mysql')).toEqual({
      'procedure a': ['calls one', 'reads x', 'writes t'],
      'procedure b': ['reads y'],
      file: ['calls a'],
    });
  });

  it('reads triggers and events on tables', () => {
    const text = `DELIMITER $$
CREATE TRIGGER \`ai_orders\` AFTER INSERT ON \`orders\` FOR EACH ROW
BEGIN
  INSERT INTO log(id) VALUES (NEW.id) ON DUPLICATE KEY UPDATE n = n + 1;
END$$
CREATE TRIGGER one_line BEFORE DELETE ON orders FOR EACH ROW UPDATE totals SET n = n - 1$$
DELIMITER ;`;
    expect(summarize(text, 'mysql')).toEqual({
      'trigger ai_orders': ['references orders', 'writes log'],
      'trigger one_line': ['references orders', 'writes totals'],
    });
  });

  it('reads functions with characteristics', () => {
    const text = `CREATE FUNCTION price(p_id INT) RETURNS DECIMAL(10,2) READS SQL DATA DETERMINISTIC COMMENT 'Price of one'
BEGIN
  DECLARE v DECIMAL(10,2);
  SELECT amount INTO v FROM prices WHERE id = p_id; # a remark, isn't it
  RETURN apply_tax(v);
END;`;
    expect(summarize(text, 'mysql')).toEqual({ 'function price': ['calls apply_tax', 'reads prices'] });
  });

  it('reads changes of several tables', () => {
    const text = `CREATE PROCEDURE p()
BEGIN
  DELETE a FROM orders a INNER JOIN old_orders b ON a.id = b.id;
  UPDATE stock s INNER JOIN deliveries d ON s.id = d.id SET s.n = d.n;
  REPLACE INTO cache SELECT REPLACE(name, 'a', 'b') FROM names;
  INSERT IGNORE INTO seen (id) VALUES (1);
  TRUNCATE TABLE scratch;
END;`;
    expect(summarize(text, 'mysql')).toEqual({
      'procedure p': [
        'reads deliveries',
        'reads names',
        'reads old_orders',
        'writes cache',
        'writes orders',
        'writes scratch',
        'writes seen',
        'writes stock',
      ],
    });
  });

  it('reads tables, views and double-quoted strings', () => {
    const text = `CREATE TABLE \`lines\` (id INT AUTO_INCREMENT, o INT, KEY idx_o (o), CONSTRAINT fk FOREIGN KEY (o) REFERENCES \`orders\` (id) ON UPDATE CASCADE) ENGINE=InnoDB;
CREATE ALGORITHM=MERGE DEFINER=\`root\`@\`%\` SQL SECURITY DEFINER VIEW busy AS SELECT "from nowhere" AS t FROM \`lines\` l LEFT JOIN shop.people p ON p.id = l.id;
INSERT INTO settings VALUES ('it\\'s', "x");`;
    expect(summarize(text, 'mysql')).toEqual({
      'table lines': ['references orders'],
      'view busy': ['reads lines', 'reads shop.people'],
      file: ['writes settings'],
    });
  });
});
