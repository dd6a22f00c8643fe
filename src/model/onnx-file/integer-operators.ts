/** Operators that multiply in integers; those of other sets than the standard one as `domain.Operator`. */
export const INTEGER_OPERATORS: ReadonlySet<string> = new Set([
  'MatMulInteger',
  'ConvInteger',
  'QLinearMatMul',
  'QLinearConv',
  'com.microsoft.MatMulIntegerToFloat',
  'com.microsoft.DynamicQuantizeMatMul',
  'com.microsoft.QAttention',
  'com.microsoft.QGemm',
  'com.microsoft.QLinearMatMul',
]);
