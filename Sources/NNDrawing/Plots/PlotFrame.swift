/// Maps values of one axis to coordinates on a canvas.
public struct AxisMap: Sendable, Hashable {
  /// The scale.
  let scale: Scale
  /// The values at both ends.
  let range: ClosedRange<Double>
  /// The coordinates of both ends.
  let start: Double, end: Double
  private let origin: Double
  private let factor: Double

  package init(scale: Scale, range: ClosedRange<Double>, from start: Double, to end: Double) {
    self.scale = scale
    self.range = range
    self.start = start
    self.end = end
    let lower = scale == .log ? decimalLogarithm(range.lowerBound) : range.lowerBound
    let upper = scale == .log ? decimalLogarithm(range.upperBound) : range.upperBound
    origin = lower
    factor = (end - start) / (upper - lower)
  }

  /// The coordinate of a value; NaN where the axis cannot show it.
  public func callAsFunction(_ value: Double) -> Double {
    guard value.isFinite, scale == .linear || value > 0 else { return .nan }
    return start + ((scale == .log ? decimalLogarithm(value) : value) - origin) * factor
  }

  /// The value at a coordinate.
  package func value(at position: Double) -> Double {
    let distance = origin + (position - start) / factor
    return scale == .log ? power(10, distance) : distance
  }

  /// The coordinate where bars begin: 0, or the end of the axis that is nearest to 0.
  var base: Double {
    scale == .log ? start : self(min(max(0, range.lowerBound), range.upperBound))
  }
}

/// The rectangle between the axes of a plot, with the map from values to points in it.
public struct PlotFrame: Sendable, Hashable {
  /// The rectangle.
  public let box: Box
  /// From values to coordinates along the horizontal axis.
  public let x: AxisMap
  /// From values to coordinates along the vertical axis.
  public let y: AxisMap
  /// Whether something fills the rectangle behind this mark.
  public internal(set) var isFilled = false

  init(box: Box, x: AxisExtent, y: AxisExtent) {
    self.box = box
    self.x = AxisMap(scale: x.scale, range: x.range, from: box.x, to: box.maxX)
    self.y = AxisMap(scale: y.scale, range: y.range, from: box.maxY, to: box.y)
  }

  /// The point of a pair of values; not finite where an axis cannot show its value.
  public func point(_ horizontal: Double, _ vertical: Double) -> Point {
    Point(x(horizontal), y(vertical))
  }

  /// The points of pairs of values.
  public func points(_ horizontals: [Double], _ verticals: [Double]) -> [Point] {
    zip(horizontals, verticals).map { point($0, $1) }
  }

  /// The points that are in the rectangle.
  public func visible(_ points: [Point]) -> [Point] {
    let outer = box.grown(by: 1e-6 * max(box.width, box.height))
    return points.filter { $0.isFinite && outer.contains($0) }
  }

  /// The parts of a line that are in the rectangle.
  public func visible(line points: [Point]) -> [[Point]] {
    Clipping.clip(line: points, to: box)
  }

  /// The part of a filled ring that is in the rectangle.
  public func visible(ring points: [Point]) -> [Point] {
    Clipping.clip(ring: points.filter(\.isFinite), to: box)
  }
}
