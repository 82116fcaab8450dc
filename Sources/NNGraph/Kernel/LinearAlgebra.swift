package import NNCore
import NNKernels

/// Matrix factorizations for modules that do not import kernels.
package enum LinearAlgebra {
  /// Orthonormalizes the columns of a matrix: returns Q of its QR factorization with R's diagonal
  /// positive. If the elements are independent standard normal numbers, Q is uniformly (Haar)
  /// distributed.
  ///
  /// Source: Mezzadri, "How to generate random matrices from the classical compact groups", 2007.
  ///
  /// - Parameters:
  ///   - rows: At least `columns`.
  ///   - columns: At least 1.
  ///   - elements: Row-major [rows, columns].
  /// - Returns: Row-major [rows, columns].
  package static func orthonormalColumns(
    rows: Int, columns: Int, _ elements: [Double]
  ) throws(NNError) -> [Double] {
    precondition(
      rows >= columns && columns >= 1,
      "\(columns) orthonormal columns of \(rows) elements do not exist")
    let factors = try LAPACK.qr(HostTensor(elements, shape: [rows, columns]))
    let diagonal = factors.r.doubles
    let signs = (0..<columns).map { diagonal[$0 * columns + $0] < 0 ? -1.0 : 1 }
    return factors.q.doubles.enumerated().map { $0.element * signs[$0.offset % columns] }
  }
}
