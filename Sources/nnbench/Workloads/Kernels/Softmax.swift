import NNCore
import NNGraph

extension Workload {
  /// Softmax of rows as long as a small vocabulary.
  static let softmax = Workload("softmax", "softmax of 2,048 rows of 512", limit: .memory) {
    dtype in
    .function(of: [[2048, 512]], dtype) { [("softmax", $0[0].softmax())] }
  }
}
