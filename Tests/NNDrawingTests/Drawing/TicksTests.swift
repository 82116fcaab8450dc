import NNDrawing
import Testing

@Suite struct TicksTests {
  /// Ranges of all sizes, signs and offsets.
  static let ranges: [ClosedRange<Double>] = {
    var numbers = Numbers(1)
    return (0..<400).map { _ in
      var scale = 1.0
      for _ in 0..<Int.random(in: 0...12, using: &numbers) { scale *= 10 }
      if Bool.random(using: &numbers) { scale = 1 / scale }
      let start = Double.random(in: -5...5, using: &numbers) * scale
      return start...(start + Double.random(in: 0.01...10, using: &numbers) * scale)
    }
  }()

  @Test func linearTicksAreRoundEvenAndInside() {
    for range in Self.ranges {
      for count in [1, 2, 5, 10] {
        let ticks = Ticks.linear(range, count: count).major
        let span = range.upperBound - range.lowerBound
        let slack = 1e-7 * span
        #expect(ticks.count <= count + 1, "\(range) in \(count)")
        for tick in ticks {
          #expect(tick.value >= range.lowerBound - slack && tick.value <= range.upperBound + slack)
        }
        let steps = zip(ticks.dropFirst(), ticks).map { $0.value - $1.value }
        guard let step = steps.first else { continue }
        for other in steps { #expect(abs(other - step) <= 1e-6 * step) }
        // The first digit of a step is 1, 2 or 5, and the others are zeros.
        let digits = "\(step)".prefix { $0 != "e" }.filter { $0.isNumber }.drop { $0 == "0" }
        let rounded = (Double("0." + digits.prefix(6)) ?? 0) * 10
        #expect([1, 2, 5, 10].contains { abs(rounded - $0) < 1e-4 }, "\(range): a step of \(step)")
        // No space for one more tick at either end.
        #expect(ticks[0].value - step < range.lowerBound + slack)
        #expect(ticks[ticks.count - 1].value + step > range.upperBound - slack)
      }
    }
  }

  @Test func everyTextIsTheTicksValueAndDiffers() {
    for range in Self.ranges {
      let ticks = Ticks.linear(range, count: 6).major
      #expect(Set(ticks.map(\.label)).count == ticks.count, "\(range): \(ticks.map(\.label))")
      for tick in ticks {
        let value = Self.number(tick.label)
        let span = range.upperBound - range.lowerBound
        #expect(abs(value - tick.value) <= 1e-6 * span, "\(tick)")
      }
    }
  }

  /// Reads a label back, as a person does.
  private static func number(_ label: String) -> Double {
    let raised = Dictionary(uniqueKeysWithValues: zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    var plain = ""
    var exponent = ""
    for character in label where character != "," {
      if let digit = raised[character] {
        exponent.append(digit)
      } else {
        plain.append(character == "\u{2212}" ? "-" : character)
      }
    }
    guard !exponent.isEmpty else { return Double(plain) ?? .nan }
    let parts = plain.split(separator: "×").map(String.init)
    let mantissa = parts.count == 2 ? parts[0] : plain.hasPrefix("-") ? "-1" : "1"
    return Double(mantissa + "e" + exponent) ?? .nan
  }

  @Test(arguments: [
    (0.0...1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0...10, 10, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]),
    (-1...1, 4, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
    (0...60_000, 3, ["0", "20,000", "40,000", "60,000"]),
    (0...3000, 3, ["0", "1000", "2000", "3000"]),
    (0...3e7, 3, ["0", "1×10⁷", "2×10⁷", "3×10⁷"].map { $0 == "1×10⁷" ? "10⁷" : $0 }),
    (0...4e-5, 4, ["0", "10⁻⁵", "2×10⁻⁵", "3×10⁻⁵", "4×10⁻⁵"]),
  ])
  func knownLinearTicks(_ range: ClosedRange<Double>, _ count: Int, _ labels: [String]) {
    #expect(Ticks.linear(range, count: count).major.map(\.label) == labels)
  }

  @Test(arguments: [
    (1.0...4.0, ["1", "2", "3", "4"]), (0.9...2.1, ["1", "2"]), (0...0.4, ["0"]),
    (1...40, ["5", "10", "15", "20", "25", "30", "35", "40"]),
  ])
  func countsHaveIntegerTicks(_ range: ClosedRange<Double>, _ labels: [String]) {
    #expect(Ticks.linear(range, count: 8, isCount: true).major.map(\.label) == labels)
  }

  @Test(arguments: [
    (0.001...10.0, 5, ["0.001", "0.01", "0.1", "1", "10"]),
    (1e-9...1e-3, 7, ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³"]),
    (1...1e12, 4, ["10⁰", "10⁴", "10⁸", "10¹²"]),
    (0.5...3, 6, ["0.5", "1", "2"]),
    (0.03...3, 8, ["0.05", "0.1", "0.2", "0.5", "1", "2"]),
  ])
  func knownLogTicks(_ range: ClosedRange<Double>, _ count: Int, _ labels: [String]) {
    #expect(Ticks.log(range, count: count).major.map(\.label) == labels)
  }

  @Test func logTicksAreInsideWithMinorsBetweenDecades() {
    let ticks = Ticks.log(0.05...2000, count: 8)
    #expect(ticks.major.map(\.value) == [0.1, 1, 10, 100, 1000])
    var expected = [0.05, 0.06, 0.07, 0.08, 0.09]
    for decade in [0.1, 1, 10, 100] { expected += (2...9).map { Double($0) * decade } }
    expected.append(2000)
    #expect(ticks.minor.count == expected.count)
    for (minor, value) in zip(ticks.minor, expected) { #expect(abs(minor / value - 1) < 1e-12) }
    for seed in 0..<200 as Range<UInt64> {
      var numbers = Numbers(seed)
      let lower = Double.random(in: 1e-6...1e3, using: &numbers)
      let range = lower...(lower * Double.random(in: 1.01...1e9, using: &numbers))
      let found = Ticks.log(range, count: 6)
      #expect(found.major.count <= 7 && !found.major.isEmpty, "\(range)")
      for tick in found.major {
        #expect(tick.value >= range.lowerBound * 0.999_999)
        #expect(tick.value <= range.upperBound * 1.000_001)
      }
    }
  }

  @Test(arguments: [0.0...0.0, 5...5, 1e300...1e300, -1e300...1e300, 1e15...(1e15 + 0.5)])
  func extremeRangesHaveTicksOrNone(_ range: ClosedRange<Double>) {
    #expect(Ticks.linear(range, count: 5).major.count <= 7)
  }
}
