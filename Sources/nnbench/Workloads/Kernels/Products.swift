import NNCore
import NNGraph

extension Workload {
  /// Matrix products [m, k]·[k, n]: those of small convolutions and dense layers, tiny ones, and
  /// large ones.
  static let products = [
    product(64, 196, 288), product(16, 1024, 144), product(16, 144, 1024, transposed: true),
    product(64, 512, 128), product(16, 16, 16), product(64, 64, 64), product(128, 784, 512),
    product(512, 512, 512), product(1024, 1024, 1024),
  ]

  private static func product(
    _ m: Int, _ n: Int, _ k: Int, transposed: Bool = false
  ) -> Workload {
    let stored = transposed ? ", the right side stored as [\(n), \(k)]" : ""
    return Workload(
      "gemm-\(m)x\(n)x\(k)" + (transposed ? "-transposed" : ""),
      "matrix product [\(m), \(k)]·[\(k), \(n)]\(stored)", limit: .arithmetic
    ) { dtype in
      .function(of: [[m, k], transposed ? [n, k] : [k, n]], dtype) { operands in
        [("product", operands[0].matMul(operands[1], transposeB: transposed))]
      }
    }
  }
}
