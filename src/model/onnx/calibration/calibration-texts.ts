/**
 * What a model is measured on before its float weights are quantized: prose in the languages people ask in, code and SQL,
 * long and very short. Written for this purpose; nothing here is in a benchmark or a golden file. Bump
 * CALIBRATION_VERSION with every change.
 */
export const CALIBRATION_TEXTS: readonly string[] = [
  'The payment service retries a failed charge three times, waits longer after each attempt, and then hands the order to a person.',
  'where do we validate the customer address before shipping',
  'parseDate',
  'O cadastro do fornecedor só é gravado depois que o CNPJ foi conferido; caso contrário a nota fiscal fica pendente até a manhã seguinte.',
  'como calcular o desconto de um pedido parcelado',
  'Si la conexión se pierde durante la copia, el proceso guarda la última página leída y continúa desde allí sin duplicar registros.',
  'Der Zwischenspeicher wird geleert, sobald sich die Konfiguration ändert; laufende Abfragen dürfen noch zu Ende gelesen werden.',
  'Le module de facturation arrondit chaque ligne à deux décimales avant de calculer la taxe, jamais après.',
  'Если очередь переполнена, сервер отвечает кодом 503 и просит клиента повторить запрос через несколько секунд.',
  '当用户连续五次输入错误密码时，账户会被锁定三十分钟，并向管理员发送通知。',
  '在庫が不足している場合は、注文を保留にして仕入先に自動で発注します。',
  'तापमान सेंसर हर दस सेकंड में मान भेजता है और सर्वर औसत निकालकर चार्ट बनाता है।',
  'إذا انتهت صلاحية الرمز، يعيد النظام توجيه المستخدم إلى صفحة تسجيل الدخول.',
  'Sunucu yeniden başlatıldığında bekleyen işler veritabanından okunur ve sırayla çalıştırılır.',
  `export async function loadUser(id: string, cache: Map<string, User>): Promise<User> {
  const cached = cache.get(id);
  if (cached !== undefined) return cached;
  const response = await fetch(\`/api/users/\${id}\`);
  if (!response.ok) throw new HttpError(response.status);
  const user: User = await response.json();
  cache.set(id, user);
  return user;
}`,
  `def moving_average(values, window=7):
    """Mean of the last \`window\` values at every position."""
    total = 0.0
    result = []
    for index, value in enumerate(values):
        total += value
        if index >= window:
            total -= values[index - window]
        result.append(total / min(index + 1, window))
    return result`,
  `CREATE OR REPLACE PROCEDURE close_month(p_month DATE) AS
BEGIN
  INSERT INTO ledger_balance (account_id, month, balance)
  SELECT account_id, p_month, SUM(debit - credit)
    FROM ledger_entry
   WHERE entry_date < ADD_MONTHS(p_month, 1)
   GROUP BY account_id;
  UPDATE period SET status = 'CLOSED' WHERE month = p_month;
END;`,
  `SELECT c.name, COUNT(o.id) AS orders, COALESCE(SUM(o.total), 0) AS revenue
  FROM customer c LEFT JOIN orders o ON o.customer_id = c.id AND o.created_at >= '2024-01-01'
 GROUP BY c.name HAVING COUNT(o.id) > 10 ORDER BY revenue DESC LIMIT 20;`,
  `public class RingBuffer<T> {
    private final Object[] items;
    private int head, size;
    public synchronized boolean offer(T item) {
        if (size == items.length) return false;
        items[(head + size++) % items.length] = item;
        return true;
    }
}`,
  `static int read_header(FILE *f, struct header *h) {
    if (fread(h, sizeof *h, 1, f) != 1) return -EIO;
    if (h->magic != 0x4b4c4d4e || h->version > MAX_VERSION) return -EINVAL;
    return 0;
}`,
  `func (s *Server) handleUpload(w http.ResponseWriter, r *http.Request) {
	defer r.Body.Close()
	n, err := io.Copy(s.store, http.MaxBytesReader(w, r.Body, 10<<20))
	if err != nil { http.Error(w, err.Error(), http.StatusBadRequest); return }
	fmt.Fprintf(w, "%d bytes", n)
}`,
  `impl Drop for Lock<'_> {
    fn drop(&mut self) {
        self.state.store(UNLOCKED, Ordering::Release);
        self.waiters.notify_one();
    }
}`,
  '{"name": "inventory", "version": "2.4.1", "retries": 5, "endpoints": ["https://example.org/v1/items", "https://example.org/v1/stock"], "debug": false}',
  `# Backup
1. Stop the writer: \`systemctl stop collector\`.
2. Copy the files: \`rsync -a /var/lib/collector/ backup:/srv/collector/\`.
3. Start it again and watch the log for \`replay finished\`.`,
];
