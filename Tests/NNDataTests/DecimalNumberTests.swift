import NNCore
import NNData
import NNTestSupport
import Testing

/// Numbers of tables are read as `strtod` reads them, bit by bit.
@Suite("Numbers of tables")
struct DecimalNumberTests {
  /// Texts with up to 21 digits, fractions and exponents.
  private static func texts(_ count: Int) -> [String] {
    let random = Philox(seed: 5, stream: 77, step: 0)
    return (0..<count).map { index in
      func number(_ offset: Int, below bound: Int) -> Int {
        random.integer(index * 32 + offset, below: bound)
      }
      let digits = (0...number(0, below: 21)).map { "\(number(8 + $0, below: 10))" }
      let point = number(1, below: digits.count)
      let sign = ["", "", "-", "+"][number(2, below: 4)]
      let fraction = digits[(point + 1)...].joined()
      let exponent = number(3, below: 3) == 0 ? "e\(number(4, below: 70) - 35)" : ""
      return sign + digits[...point].joined() + (fraction.isEmpty ? "" : ".\(fraction)") + exponent
    }
  }

  /// Ties, numbers next to ties, and the ends of the ranges of exact operations.
  private static let hard = [
    "0", "-0", "0.0", "-0e5", "00012", "0.00000000000000000000000000000123", "9007199254740992",
    "9007199254740993", "9007199254740995", "9007199254740993e1", "9007199254740993e-1",
    "900719925474099267e22", "900719925474099267e23", "123456789012345678e27",
    "123456789012345678e-27", "123456789012345678e28", "123456789012345678e-28",
    "9999999999999999999", "9999999999999999999e27", "9999999999999999999e-27",
    "18446744073709551615", "18446744073709551616", "1e22", "1e23", "8.5e22", "1e-22", "1e-23",
    "6.631236871469758276785396630275967e-4", "0.1", "0.3", "2.2250738585072014e-308", "5e-324",
    "1.7976931348623157e308", "4503599627370496.5", "4503599627370497.5", "1.00000000000000011102",
    "1.00000000000000011103", "0.500000000000000166533453693773481063544750213623046875",
    "3.4028234664e38", "1E5", "1e+05", "7e-0007",
  ]

  /// The inputs of a table with one column of these texts.
  private func read(_ texts: [String], format: CSVFormat = CSVFormat()) throws -> [Double] {
    let folder = try TemporaryFolder()
    let delimiter = format.hasDecimalComma ? ";" : ","
    try folder.write(
      "x\(delimiter)y\n" + texts.map { "\($0)\(delimiter)0\n" }.joined(), to: "t.csv")
    return try withExtendedLifetime(folder) {
      try DataSource.table(TableSource(file: "t.csv", format: format))
        .load(relativeTo: folder.path).inputs.doubles
    }
  }

  @Test("each is the nearest double")
  func exact() throws {
    let texts = Self.hard + Self.texts(30_000)
    let numbers = try read(texts)
    try #require(numbers.count == texts.count)
    for (text, number) in zip(texts, numbers) {
      let expected = try #require(Double(text), "\(text)")
      #expect(number.bitPattern == expected.bitPattern, "\(text): \(number)")
    }
    let commas = try read(
      texts.map { $0.replacing(".", with: ",") }, format: CSVFormat(hasDecimalComma: true))
    #expect(commas.map(\.bitPattern) == numbers.map(\.bitPattern))
  }

  @Test("rows that are not plain are read among plain ones")
  func mixed() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "a,b,t,y\n1,2,x,u\n\n\"3\", 4 ,\"x,\",v\r\n5,6,,u\r7 ,\t8,z,w\n9,0x10,q,u\n",
      to: "t.csv")
    let dataset = try DataSource.table(TableSource(file: "t.csv", features: ["b", "a"]))
      .load(relativeTo: folder.path)
    #expect(dataset.inputs == HostTensor([2.0, 1, 4, 3, 6, 5, 8, 7, 16, 9], shape: [5, 2]))
    #expect(dataset.classNames == ["u", "v", "w"])
    #expect(dataset.targets == HostTensor([Int32(0), 1, 0, 2, 0]))
    for (text, message) in [
      ("a,y\n1,2\n3,4\n5,\n", "t.csv:4: column \"y\": the value is missing"),
      ("a,y\n1,2\n\n3,4,5\n", "t.csv:4: expected 2 fields as in the first row, found 3"),
      ("a,y\n1,2\n3x,4\n", "t.csv:3: column \"a\": expected a number, found \"3x\""),
      ("a,y\n1,2\n1e999,4\n", "t.csv:3: column \"a\": expected a finite number"),
      ("a,y\n1,2\n3 4,4\n", "t.csv:3: column \"a\": expected a number, found \"3 4\""),
    ] {
      try folder.write(text, to: "t.csv")
      expectError(message) {
        _ = try DataSource.table(TableSource(file: "t.csv")).load(relativeTo: folder.path)
      }
    }
    try folder.write("a,y\n-999,2\n", to: "t.csv")
    expectError("t.csv:2: column \"a\": the value is missing (\"-999\")") {
      _ = try DataSource.table(
        TableSource(file: "t.csv", format: CSVFormat(missing: ["-999"]))
      ).load(relativeTo: folder.path)
    }
  }
}
