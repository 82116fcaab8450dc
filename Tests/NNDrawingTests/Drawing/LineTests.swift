import NNDrawing
import Testing

@Suite struct LineTests {
  @Test func thinningKeepsWhatIsSeen() {
    var numbers = Numbers(3)
    let points = (0..<100_000).map {
      Point(Double($0) / 200, Double.random(in: 0...300, using: &numbers))
    }
    let thin = Thinning.thinned(points, step: 0.5)
    #expect(thin.count <= 4 * 1001)
    #expect(thin.first == points.first && thin.last == points.last)
    for column in [0, 1, 500, 999] {
      func inside(_ line: [Point]) -> [Double] {
        line.filter { Int($0.x / 0.5) == column }.map(\.y)
      }
      #expect(inside(thin).min() == inside(points).min())
      #expect(inside(thin).max() == inside(points).max())
    }
    #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.x <= $1.x })
  }

  @Test func shortLinesAndLoopsStay() {
    let short = (0..<500).map { Point(Double($0) / 1000, 0) }
    #expect(Thinning.thinned(short, step: 0.5) == short)
    let back = (0..<1000).map { Point($0.isMultiple(of: 2) ? 0 : 9, Double($0)) }
    #expect(Thinning.thinned(back, step: 0.5) == back)
    let still = Array(repeating: Point(1, 1), count: 999) + [Point(0, 1)]
    #expect(Thinning.thinned(still, step: 0.5).count <= 3)
  }

  static let box = Box(x: 0, y: 0, width: 10, height: 5)

  @Test func linesAreCutAtTheBox() {
    let cut = Clipping.clip(line: [Point(-5, 2), Point(15, 2)], to: Self.box)
    #expect(cut == [[Point(0, 2), Point(10, 2)]])
    let twice = Clipping.clip(
      line: [Point(1, 1), Point(1, 9), Point(3, 9), Point(3, 1)], to: Self.box)
    #expect(twice == [[Point(1, 1), Point(1, 5)], [Point(3, 5), Point(3, 1)]])
    let broken = Clipping.clip(
      line: [Point(1, 1), Point(2, 2), Point(.nan, 1), Point(3, 3), Point(4, 4)], to: Self.box)
    #expect(broken == [[Point(1, 1), Point(2, 2)], [Point(3, 3), Point(4, 4)]])
    #expect(Clipping.clip(line: [Point(-1, -1), Point(-2, 9)], to: Self.box).isEmpty)
  }

  @Test func ringsAreCutAtTheBox() {
    func area(_ ring: [Point]) -> Double {
      zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) {
        $0 + ($1.0.x * $1.1.y - $1.1.x * $1.0.y) / 2
      }
    }
    let square = [Point(-2, -2), Point(4, -2), Point(4, 4), Point(-2, 4)]
    #expect(abs(area(Clipping.clip(ring: square, to: Self.box)) - 16) < 1e-12)
    let around = [Point(-9, -9), Point(99, -9), Point(99, 99), Point(-9, 99)]
    #expect(abs(area(Clipping.clip(ring: around, to: Self.box)) - 50) < 1e-12)
    #expect(Clipping.clip(ring: square.map { Point($0.x + 50, $0.y) }, to: Self.box).isEmpty)
  }

  @Test(arguments: [
    (Scale.linear, -3.0...7.0), (.linear, 1e9...(1e9 + 1)), (.log, 1e-9...1e5), (.log, 2...3),
  ])
  func axesGoThereAndBack(_ scale: Scale, _ range: ClosedRange<Double>) {
    let map = AxisMap(scale: scale, range: range, from: 500, to: 20)
    #expect(abs(map(range.lowerBound) - 500) < 1e-9 && abs(map(range.upperBound) - 20) < 1e-9)
    for position in stride(from: 20.0, through: 500, by: 13) {
      #expect(abs(map(map.value(at: position)) - position) < 1e-4)
    }
    #expect(map(.nan).isNaN && map(.infinity).isNaN)
    if scale == .log {
      #expect(map(0).isNaN && map(-1).isNaN)
      // Equal factors are equal distances.
      let middle = (range.lowerBound * range.upperBound).squareRoot()
      #expect(abs(map(middle) - 260) < 1e-9)
    }
  }

  @Test func histogramsCountEveryValue() {
    var numbers = Numbers(8)
    let values = (0..<1000).map { _ in Double.random(in: -1...3, using: &numbers) }
    for count in [1, 2, 7, 50] {
      let bins = HistogramBins(values: values + [.nan, .infinity], count: count)
      #expect(bins.counts.count == count)
      for index in 0..<count {
        let expected = values.count {
          $0 >= bins.edge(index) && ($0 < bins.edge(index + 1) || index == count - 1)
        }
        #expect(bins.counts[index] == expected)
      }
    }
    // 2 · IQR / ∛n = 2 · 1.998 / 10, so 3.996 / 0.3996 = 10 bins.
    let even = (0..<1000).map { Double($0) * 0.004 }
    #expect(HistogramBins(values: even).counts == Array(repeating: 100, count: 10))
    // Half of the values equal: ⌈log₂ 8⌉ + 1 bins.
    #expect(HistogramBins(values: [0, 5, 5, 5, 5, 5, 5, 9]).counts.count == 4)
    #expect(HistogramBins(values: [7, 7]).counts == [2])
    #expect(HistogramBins(values: [0, .leastNonzeroMagnitude]).counts == [2])
    #expect(HistogramBins(values: []).counts.isEmpty)
    #expect(HistogramBins(values: [.nan]).counts.isEmpty)
  }
}
