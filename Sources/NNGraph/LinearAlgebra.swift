public import NNCore
import NNKernels

/// Matrix factorisations for modules that see no kernel.
public enum LinearAlgebra {
  /// The columns of a matrix made orthonormal: Q of its QR factorisation with R's diagonal positive,
  /// which makes Q uniform over all such matrices when the numbers are independent normal ones.
  ///
  /// Source: Mezzadri, "How to generate random matrices from the classical compact groups", 2007.
  ///
  /// - Parameters:
  ///   - rows: At least `columns`.
  ///   - columns: At least 1.
  ///   - elements: Row-major [rows, columns].
  /// - Returns: Row-major [rows, columns].
  public static func orthonormalColumns(
    rows: Int, columns: Int, _ elements: [Double]
  ) throws(NNError) -> [Double] {
    precondition(rows >= columns && columns >= 1, "no \(columns) orthonormal columns of \(rows)")
    let factors = try LAPACK.qr(HostTensor(elements, shape: [rows, columns]))
    let diagonal = factors.r.doubles
    let signs = (0..<columns).map { diagonal[$0 * columns + $0] < 0 ? -1.0 : 1 }
    return factors.q.doubles.enumerated().map { $0.element * signs[$0.offset % columns] }
  }
}
