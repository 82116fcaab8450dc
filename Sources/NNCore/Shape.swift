/// The extents of a tensor's axes, outermost first; `[]` is a scalar.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// One extent per axis, each ≥ 0.
  public let dimensions: [Int]

  /// Creates a shape; every extent must be ≥ 0.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "negative extent in \(dimensions)")
    self.dimensions = dimensions
  }

  /// Creates a shape from its extents: `[2, 3]`.
  public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The product of all extents; 1 for a scalar, `Int.max` on overflow.
  public var elementCount: Int { dimensions.saturatingProduct }

  /// The size in bytes of a tensor with this shape; `Int.max` on overflow.
  public func byteCount(of dtype: DType) -> Int {
    elementCount.multipliedSaturating(by: dtype.byteCount)
  }

  /// The extent of an axis; a negative index counts from the end.
  public subscript(axis: Int) -> Int { dimensions[axis < 0 ? axis + rank : axis] }

  /// The strides of a contiguous row-major tensor, in elements; `Int.max` on overflow.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1].multipliedSaturating(by: dimensions[axis + 1])
    }
    return strides
  }

  /// `[2, 3]`
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }

  /// This shape with one axis replaced.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var dimensions = dimensions
    dimensions[axis < 0 ? axis + rank : axis] = extent
    return Shape(dimensions)
  }

  /// The shape of two tensors broadcast by NumPy's rule, or nil when they are incompatible.
  ///
  /// Axes are aligned at the end; an extent of 1 is stretched to the other's.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = max(rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for fromEnd in 1...max(rank, 1) where rank > 0 {
      let left = fromEnd <= self.rank ? dimensions[self.rank - fromEnd] : 1
      let right = fromEnd <= other.rank ? other.dimensions[other.rank - fromEnd] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      result[rank - fromEnd] = left == 1 ? right : left
    }
    return Shape(result)
  }
}
