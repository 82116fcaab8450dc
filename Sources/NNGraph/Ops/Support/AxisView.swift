import NNCore

/// A tensor viewed as [outer, count, inner] around one of its axes.
struct AxisView {
  let outer: Int
  let count: Int
  let inner: Int

  /// Throws unless the shape has the axis, which counts from the front.
  init(_ name: String, _ shape: Shape, axis: Int) throws(OpError) {
    guard shape.dimensions.indices.contains(axis) else {
      throw OpError("\(name) along axis \(axis) of a tensor of shape \(shape)")
    }
    self.init(shape, axis: axis)
  }

  /// Creates the view of a shape that is known to have the axis.
  init(_ shape: Shape, axis: Int) {
    outer = shape.dimensions[..<axis].saturatingProduct
    count = shape.dimensions[axis]
    inner = shape.dimensions[(axis + 1)...].saturatingProduct
  }

  /// A kernel whose chunks are ranges of the outer index.
  func kernel(_ body: @escaping (_ outer: Range<Int>) -> Void) -> Kernel {
    .elements(outer, grain: max(1, 16384 / max(1, count * inner))) { range, _ in body(range) }
  }
}

extension Shape {
  /// This shape without one axis.
  func removing(axis: Int) -> Shape {
    var dimensions = dimensions
    dimensions.remove(at: axis)
    return Shape(dimensions)
  }
}

extension Value {
  /// An axis counted from the front.
  func fromFront(_ axis: Int) -> Int { axis < 0 ? axis + shape.rank : axis }
}
