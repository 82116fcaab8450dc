/// The ticks of an axis of a given length, chosen so that no labels touch.
package struct AxisTicks: Sendable, Hashable {
  /// The direction of an axis.
  package enum Direction: Sendable, Hashable { case horizontal, vertical }

  /// The ticks that are drawn.
  package private(set) var ticks: Ticks
  /// Whether the labels of a horizontal axis are rotated, as long names are.
  package private(set) var isSlanted = false

  /// Degrees by which long names are rotated.
  static let slant = -40.0
  /// The height of a row of labels under an axis.
  static let plainDepth = 16.0

  private static let gap = 12.0
  private static let lineHeight = 14.0
  private static let slantedDistance = 18.0
  private static let longestName = 110.0

  /// Chooses ticks, or thins those that were given.
  package init(
    given: [Tick]?, _ extent: AxisExtent, length: Double, along direction: Direction
  ) {
    self.init(
      given: given, scale: extent.scale, range: extent.range, isCount: extent.isCount,
      length: length, along: direction)
  }

  /// Chooses ticks for a range, or thins those that were given.
  package init(
    given: [Tick]?, scale: Scale, range: ClosedRange<Double>, isCount: Bool = false,
    length: Double, along direction: Direction
  ) {
    let map = AxisMap(scale: scale, range: range, from: 0, to: length)
    guard let given else {
      ticks = Self.chosen(scale, range, map, isCount: isCount, along: direction)
      return
    }
    let inside = given.filter { $0.value >= range.lowerBound && $0.value <= range.upperBound }
      .map {
        Tick($0.value, TextMetrics.shortened($0.label, to: Self.longestName, .small))
      }
    ticks = Ticks(major: inside)
    guard !Self.fits(inside, map, along: direction) else { return }
    if direction == .horizontal, inside.contains(where: { $0.label.contains(where: \.isLetter) }) {
      isSlanted = true
    }
    var stride = 1
    while stride < inside.count {
      let kept = inside.enumerated().map { index, tick in
        index.isMultiple(of: stride) ? tick : Tick(tick.value, "")
      }
      ticks.major = kept
      let shown = kept.filter { !$0.label.isEmpty }
      if isSlanted
        ? Self.areApart(shown, map, by: Self.slantedDistance)
        : Self.fits(shown, map, along: direction)
      {
        return
      }
      stride += 1
    }
  }

  /// The width of the widest label.
  package var width: Double {
    ticks.major.map { TextMetrics.width(of: $0.label, .small) }.max() ?? 0
  }

  /// The height that labels take under a horizontal axis.
  package var depth: Double {
    isSlanted ? width * -sine(degrees: Self.slant) + 12 : Self.plainDepth
  }

  /// How far a label extends to the left and to the right of its tick under a horizontal axis.
  func reach(_ tick: Tick) -> (left: Double, right: Double) {
    let width = TextMetrics.width(of: tick.label, .small)
    return isSlanted ? (width * cosine(degrees: Self.slant) + 4, 4) : (width / 2, width / 2)
  }

  private static func chosen(
    _ scale: Scale, _ range: ClosedRange<Double>, _ map: AxisMap, isCount: Bool,
    along direction: Direction
  ) -> Ticks {
    let length = (map.end - map.start).magnitude
    var count = max(1, Int(length / (direction == .horizontal ? 50 : 28)))
    while true {
      let ticks =
        scale == .log
        ? Ticks.log(range, count: count)
        : Ticks.linear(range, count: count, isCount: isCount)
      if fits(ticks.major, map, along: direction) || count == 1 { return ticks }
      count -= 1
    }
  }

  private static func fits(_ ticks: [Tick], _ map: AxisMap, along direction: Direction) -> Bool {
    guard direction == .horizontal else { return areApart(ticks, map, by: lineHeight) }
    return zip(ticks, ticks.dropFirst()).allSatisfy { first, second in
      let widths =
        TextMetrics.width(of: first.label, .small) + TextMetrics.width(of: second.label, .small)
      return map(second.value) - map(first.value) >= widths / 2 + gap
    }
  }

  private static func areApart(_ ticks: [Tick], _ map: AxisMap, by distance: Double) -> Bool {
    zip(ticks, ticks.dropFirst()).allSatisfy {
      (map($1.value) - map($0.value)).magnitude >= distance
    }
  }
}
