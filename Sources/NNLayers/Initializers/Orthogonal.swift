import NNCore
import NNGraph

extension Initializer {
  /// A matrix whose rows (or columns, whichever are fewer) are orthogonal with norm `gain`; axes
  /// after the first are flattened into one. PyTorch's `orthogonal_`.
  ///
  /// Needs two axes; a tensor of one axis becomes a vector of norm `gain`.
  ///
  /// Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in
  /// deep linear neural networks", ICLR 2014.
  public static func orthogonal(gain: Double = 1) -> Initializer {
    Initializer("orthogonal(gain: \(gain))") { shape, _, generator throws(NNError) in
      let count = shape.elementCount
      guard count > 0, shape.rank > 0 else { return [Double](repeating: gain, count: count) }
      let rows = shape[0]
      let columns = count / rows
      let (long, short) = (max(rows, columns), min(rows, columns))
      let normal = (0..<count).map { generator.normal($0) }
      let basis = try LinearAlgebra.orthonormalColumns(rows: long, columns: short, normal)
      return (0..<count).map { index in
        let (row, column) = index.quotientAndRemainder(dividingBy: columns)
        return gain * basis[rows >= columns ? index : column * short + row]
      }
    }
  }
}
