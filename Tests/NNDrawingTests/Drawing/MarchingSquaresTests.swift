import NNDrawing
import Testing

@Suite struct MarchingSquaresTests {
  private static func grid(_ size: Int, _ body: (Double, Double) -> Double) -> [Double] {
    (0..<size).flatMap { row in
      (0..<size).map { column in
        body(
          -2 + 4 * Double(column) / Double(size - 1), -2 + 4 * Double(row) / Double(size - 1))
      }
    }
  }

  private static func length(_ path: [Point]) -> Double {
    zip(path, path.dropFirst()).reduce(0) {
      let (dx, dy) = ($1.1.x - $1.0.x, $1.1.y - $1.0.y)
      return $0 + (dx * dx + dy * dy).squareRoot()
    }
  }

  @Test(arguments: [0.5, 1.0, 1.7])
  func aCircleIsOneClosedLineOfItsLength(_ radius: Double) throws {
    let size = 81
    let values = Self.grid(size) { $0 * $0 + $1 * $1 }
    let paths = MarchingSquares.paths(
      values, columns: size, rows: size, level: radius * radius)
    #expect(paths.count == 1)
    let path = try #require(paths.first)
    #expect(path.first == path.last)
    let unit = 4 / Double(size - 1)
    for point in path {
      let (x, y) = (-2 + unit * point.x, -2 + unit * point.y)
      // Linear interpolation of x² + y² is off by at most h²/8 · 2 in value.
      #expect(abs((x * x + y * y).squareRoot() - radius) < unit * unit / 8 / radius)
    }
    #expect(abs(unit * Self.length(path) / (2 * .pi * radius) - 1) < 2e-3)
  }

  @Test func aPlaneHasOneStraightOpenLine() {
    let values = Self.grid(9) { x, y in x + y }
    let paths = MarchingSquares.paths(values, columns: 9, rows: 9, level: 0.25)
    #expect(paths.count == 1)
    for point in paths[0] { #expect(abs(-4 + 0.5 * (point.x + point.y) - 0.25) < 1e-12) }
    #expect(paths[0].first != paths[0].last)
  }

  @Test func saddlesAreJoinedByTheirMean() {
    let low = MarchingSquares.paths([1, 0, 0, 1], columns: 2, rows: 2, level: 0.6)
    let high = MarchingSquares.paths([1, 0, 0, 1], columns: 2, rows: 2, level: 0.4)
    #expect(low.count == 2 && high.count == 2)
    // Where the middle is low each line cuts off a high corner, that of (0, 0) or of (1, 1).
    for path in low {
      #expect(path.allSatisfy { $0.x + $0.y < 1 } || path.allSatisfy { $0.x + $0.y > 1 })
    }
    for path in high {
      #expect(path.allSatisfy { $0.x > $0.y } || path.allSatisfy { $0.x < $0.y })
    }
  }

  @Test func missingValuesBreakLinesAndNoDataHasNoLines() {
    var values = Self.grid(21) { x, y in x * x + y * y }
    let whole = MarchingSquares.paths(values, columns: 21, rows: 21, level: 1)
    values[10 * 21 + 15] = .nan
    let broken = MarchingSquares.paths(values, columns: 21, rows: 21, level: 1)
    #expect(whole.count == 1 && broken.count == 1)
    #expect(broken[0].first != broken[0].last && broken[0].count < whole[0].count)
    #expect(MarchingSquares.paths(values, columns: 21, rows: 21, level: 99).isEmpty)
    #expect(MarchingSquares.paths([1], columns: 1, rows: 1, level: 0).isEmpty)
    #expect(MarchingSquares.paths([1, 1, 1, 1], columns: 2, rows: 2, level: 1).isEmpty)
  }
}
