/** A small shop in five languages: enough to ask about, small enough to encode in seconds. */
export const SAMPLE_REPOSITORY: Readonly<Record<string, string>> = {
  'src/db/pool.ts': `import { connect, type Connection } from './driver.ts';

/** Keeps a few database connections open and hands them out. */
export class Pool {
  readonly #idle: Connection[] = [];

  /** Opens a connection to the database, or reuses an idle one. */
  async acquire(url: string): Promise<Connection> {
    return this.#idle.pop() ?? (await connect(url));
  }

  /** Gives a connection back. */
  release(connection: Connection): void {
    this.#idle.push(connection);
  }
}
`,
  'src/db/driver.ts': `export interface Connection { readonly id: number; }

/** Dials the server over TCP. */
export async function connect(url: string): Promise<Connection> {
  return { id: url.length };
}
`,
  'src/orders/cancel-order.ts': `import { Pool } from '../db/pool.ts';

/** Cancels an order that was not shipped yet and gives the money back. */
export async function cancelOrder(pool: Pool, orderId: string): Promise<void> {
  const connection = await pool.acquire('orders');
  pool.release(connection);
}
`,
  'app/mailer.py': `"""Sends e-mails to customers."""


class Mailer:
    """Talks SMTP."""

    def send_invoice(self, customer, total):
        """Sends the invoice of an order to the customer."""
        return self._deliver(customer, "invoice", total)

    def _deliver(self, customer, template, value):
        return (customer, template, value)
`,
  'legacy/Stock.java': `package legacy;

/** Counts what is in the warehouse. */
public class Stock {
  private int left;

  /** Takes items out of the warehouse and fails when there are not enough. */
  public void reserve(int count) {
    if (count > left) throw new IllegalStateException("not enough");
    left -= count;
  }
}
`,
  'tools/main.go': `package main

// RetryWithBackoff calls work again after growing pauses until it succeeds.
func RetryWithBackoff(work func() error) error {
	return work()
}

func main() {
	_ = RetryWithBackoff(func() error { return nil })
}
`,
  'sql/close_month.sql': `-- Closes the accounting month: moves open invoices to the ledger.
CREATE OR REPLACE FUNCTION billing.close_month(p_month date) RETURNS void AS $$
BEGIN
  INSERT INTO billing.ledger SELECT * FROM billing.invoices WHERE month = p_month;
  PERFORM billing.notify_accountant(p_month);
END;
$$ LANGUAGE plpgsql;

CREATE FUNCTION billing.notify_accountant(p_month date) RETURNS void AS $$
BEGIN
  RAISE NOTICE 'closed %', p_month;
END;
$$ LANGUAGE plpgsql;
`,
  'README.md': '# Shop\n',
};
