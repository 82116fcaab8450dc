/// The axes of a plot in three dimensions in orthographic projection.
struct Space {
  /// Lines at ticks on the three sides behind the points.
  private(set) var grid: [[Point]] = []
  /// The edges of these sides.
  private(set) var outline: [[Point]] = []
  /// Texts of ticks and axes.
  private(set) var texts: [(text: String, position: Point, style: TextStyle)] = []

  private let measure: (String, TextSize) -> Double
  private let lineHeight: Double
  private let gap: Double
  private let frame: Box
  private var taken: [Box] = []
  private let maps: [AxisMap]
  private let turn: (cosine: Double, sine: Double)
  private let tilt: (cosine: Double, sine: Double)
  private var origin = Point(0, 0)
  private var unit = (x: 1.0, y: 1.0)

  init(_ plot: Scatter3D, in box: Box, margin: (x: Double, y: Double), on canvas: some Canvas) {
    measure = { canvas.width(of: $0, $1) }
    lineHeight = canvas.lineHeight(.small)
    gap = 5 * canvas.strokeScale
    frame = box
    let unitAspect = canvas.unitAspect
    var extents = [plot.x, plot.y, plot.z].map(AxisExtent.init)
    let corners = plot.groups.flatMap(\.points) + plot.edges.flatMap { [$0.from, $0.to] }
    for point in corners {
      for (axis, value) in [point.0, point.1, point.2].enumerated() { extents[axis].add(value) }
    }
    maps = extents.map { AxisMap(scale: $0.scale, range: $0.range, from: -1, to: 1) }
    turn = (cosine(degrees: plot.azimuth), sine(degrees: plot.azimuth))
    tilt = (cosine(degrees: plot.elevation), sine(degrees: plot.elevation))
    let flat = Self.corners.map { projected($0) }
    let (left, right) = (flat.map(\.x).min() ?? -1, flat.map(\.x).max() ?? 1)
    let (low, high) = (flat.map(\.y).min() ?? -1, flat.map(\.y).max() ?? 1)
    // The widest number must fit next to the box.
    let widest =
      zip([plot.x, plot.y, plot.z], extents).flatMap { axis, extent in
        Self.ticks(axis, extent, count: 3).map { canvas.width(of: $0.label, .small) }
      }.max() ?? 0
    let aside = min(max(margin.x, widest + 20 * canvas.strokeScale), box.width / 4)
    let room = Box(
      x: box.x + aside, y: box.y + margin.y / 3, width: box.width - 2 * aside,
      height: box.height - 4 * margin.y / 3)
    let scale = max(
      min(room.width * unitAspect / (right - left), room.height / (high - low)), 1e-3)
    unit = (scale / unitAspect, scale)
    origin = Point(
      room.center.x - unit.x * (left + right) / 2, room.center.y + unit.y * (low + high) / 2)
    let axes = [plot.x, plot.y, plot.z]
    // Of each pair of sides the one further away is behind the points.
    let behind = (0..<3).map { axis in
      let side = Self.unitVector(axis)
      return distance(side) >= 0 ? 1.0 : -1.0
    }
    for axis in 0..<3 {
      addEdges(along: axis, behind)
      addTicks(along: axis, axes[axis], extents[axis], behind, unitAspect: unitAspect)
    }
  }

  /// A data point's position on the canvas; not finite where the axes cannot show it.
  func position(_ point: (Double, Double, Double)) -> Point {
    position(normal: (maps[0](point.0), maps[1](point.1), maps[2](point.2)))
  }

  /// The depth of a data point, from about −1 for the nearest to 1 for the farthest.
  func distance(_ point: (Double, Double, Double)) -> Double {
    let normal: Vector = (maps[0](point.0), maps[1](point.1), maps[2](point.2))
    let away = distance(normal) / 3.0.squareRoot()
    return away.isFinite ? away : 0
  }

  private typealias Vector = (x: Double, y: Double, z: Double)

  private static let corners: [Vector] = (0..<8).map { index in
    (index & 1 == 0 ? -1 : 1, index & 2 == 0 ? -1 : 1, index & 4 == 0 ? -1 : 1)
  }

  private static func unitVector(_ axis: Int) -> Vector {
    (axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 2 ? 1 : 0)
  }

  /// The projection: right and up, in units of half the box.
  private func projected(_ point: Vector) -> Point {
    let right = point.x * turn.cosine + point.y * turn.sine
    let away = -point.x * turn.sine + point.y * turn.cosine
    return Point(right, point.z * tilt.cosine + away * tilt.sine)
  }

  private func distance(_ point: Vector) -> Double {
    let away = -point.x * turn.sine + point.y * turn.cosine
    return away * tilt.cosine - point.z * tilt.sine
  }

  private func position(normal point: Vector) -> Point {
    let flat = projected(point)
    return Point(origin.x + unit.x * flat.x, origin.y - unit.y * flat.y)
  }

  /// The vector with the given values along an axis and the two others.
  private func vector(_ axis: Int, _ value: Double, _ first: Double, _ second: Double) -> Vector {
    switch axis {
    case 0: (value, first, second)
    case 1: (first, value, second)
    default: (first, second, value)
    }
  }

  /// The two other axes in their order.
  private func others(_ axis: Int) -> (Int, Int) {
    axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1)
  }

  private mutating func addEdges(along axis: Int, _ behind: [Double]) {
    let (first, second) = others(axis)
    for (one, other) in [
      (behind[first], behind[second]), (behind[first], -behind[second]),
      (-behind[first], behind[second]),
    ] {
      outline.append([
        position(normal: vector(axis, -1, one, other)),
        position(normal: vector(axis, 1, one, other)),
      ])
    }
  }

  private mutating func addTicks(
    along axis: Int, _ description: Axis, _ extent: AxisExtent, _ behind: [Double],
    unitAspect: Double
  ) {
    let (first, second) = others(axis)
    // Of the two silhouette edges, texts of the flat axes go to the lower one, and those of the
    // vertical axis to the left one.
    let candidates = [(behind[first], -behind[second]), (-behind[first], behind[second])]
    let ends = candidates.map { position(normal: vector(axis, 0, $0.0, $0.1)) }
    let isFirst = axis == 2 ? ends[0].x <= ends[1].x : ends[0].y >= ends[1].y
    let (one, other) = candidates[isFirst ? 0 : 1]
    let middle = position(normal: vector(axis, 0, one, other))
    let center = position(normal: (0, 0, 0))
    let (start, end) = (
      position(normal: vector(axis, -1, one, other)), position(normal: vector(axis, 1, one, other))
    )
    var (dx, dy) = ((end.x - start.x) * unitAspect, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return }
    (dx, dy) = (dx / length, dy / length)
    // At a right angle to the edge, away from the middle.
    var (outX, outY) = (-dy, dx)
    if outX * (middle.x - center.x) * unitAspect + outY * (middle.y - center.y) < 0 {
      (outX, outY) = (-outX, -outY)
    }
    let anchor: TextStyle.Anchor = outX > 0.35 ? .start : outX < -0.35 ? .end : .middle
    let count = max(2, Int(length / 45))
    let ticks =
      description.ticks
      ?? (extent.scale == .log
      ? Ticks.log(extent.range, count: count) : Ticks.linear(extent.range, count: count)).major
    let near = unitAspect == 1 ? 9.0 : 3.0
    var widest = 0.0
    for tick in ticks where extent.range.contains(tick.value) {
      let value = maps[axis](tick.value)
      let base = position(normal: vector(axis, value, one, other))
      write(
        tick.label, at: Point(base.x + outX * near / unitAspect, base.y + outY * near),
        TextStyle(.small, anchor: anchor, paint: .muted))
      widest = max(widest, TextMetrics.width(of: tick.label, .small))
      grid.append([
        position(normal: vector(axis, value, behind[first], -behind[second])),
        position(normal: vector(axis, value, behind[first], behind[second])),
        position(normal: vector(axis, value, -behind[first], behind[second])),
      ])
    }
    guard let label = description.label, unitAspect == 1 else { return }
    let far = near + 12 + outX.magnitude * widest
    write(
      label, at: Point(middle.x + outX * far, middle.y + outY * far),
      TextStyle(.medium, anchor: anchor))
  }

  private static func ticks(_ axis: Axis, _ extent: AxisExtent, count: Int) -> [Tick] {
    if let ticks = axis.ticks { return ticks }
    return
      (extent.scale == .log
      ? Ticks.log(extent.range, count: count) : Ticks.linear(extent.range, count: count)).major
  }

  /// Adds a text unless it would overlap an earlier one or be cut off.
  private mutating func write(_ text: String, at position: Point, _ style: TextStyle) {
    let width = measure(text, style.size) + gap
    let left: Double =
      switch style.anchor {
      case .start: position.x
      case .middle: position.x - width / 2
      case .end: position.x - width
      }
    let height = lineHeight
    let box = Box(x: left, y: position.y - height / 2, width: width, height: height)
    guard !taken.contains(where: box.overlaps), left >= frame.x, left + width - gap <= frame.maxX,
      box.y >= frame.y, box.maxY <= frame.maxY
    else { return }
    taken.append(box)
    texts.append((text, position, style))
  }
}
