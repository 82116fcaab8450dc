import NNCore
import NNGraph

extension Workload {
  /// Chains of element-wise operations that can be fused into one pass, of four million elements.
  static let elementwise = [
    chain("multiply-add", "a·b + c", operands: 3) { $0[0] * $0[1] + $0[2] },
    chain("sigmoid", "(a + sigmoid(a)·b)²", operands: 2) {
      ($0[0] + $0[0].sigmoid() * $0[1]).square()
    },
    chain("gelu", "gelu(a)·b", operands: 2) { $0[0].gelu() * $0[1] },
  ]

  private static func chain(
    _ name: String, _ formula: String, operands: Int, body: @escaping @Sendable ([Value]) -> Value
  ) -> Workload {
    Workload("elementwise-\(name)", "\(formula) of 4,194,304 elements", limit: .memory) { dtype in
      .function(of: [Shape](repeating: [1 << 22], count: operands), dtype) {
        [("result", body($0))]
      }
    }
  }
}
