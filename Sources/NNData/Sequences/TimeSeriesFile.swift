public import NNCore
import NNFormats

/// Labelled time series, from a file in the `.ts` format of the UCR and UEA archives.
///
/// After a header of lines that begin with `@`, up to `@data`, each line is a case: its channels,
/// separated by `:`, each a list of numbers separated by commas, and its label last. Lines that
/// begin with `#` or `%` and empty lines are skipped.
public struct TimeSeriesFile: Sendable {
  /// The name in the header, else the path.
  public let name: String
  /// The series, float64 [N, T, channels]; shorter ones are padded with zeros.
  public let values: HostTensor
  /// The steps of each series, int32 [N].
  public let lengths: HostTensor
  /// The class of each series, int32 [N], or its number, float64 [N, 1], depending on the header.
  public let targets: HostTensor
  /// The names of the classes: those of the header, or else those of the cases, numbers by size and
  /// texts in sorted order; nil where targets are numbers.
  public let classNames: [String]?

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - classNames: The classes of the training data, to use the same labels; nil for those of
  ///     this file.
  /// - Throws: `NNError` naming the line: for missing values, texts instead of numbers, another
  ///   number of channels or steps than in the header or the first case, unknown classes; for a
  ///   file without `@data`, cases or targets.
  public init(path: String, classNames: [String]? = nil) throws(NNError) {
    var cases = TimeSeriesCases(path: path)
    for (number, text) in NumberedLines(try FileBytes.read(path)) {
      guard let line = String(validating: text, as: UTF8.self) else {
        throw .invalid(
          "the line is not UTF-8", at: "\(path):\(number)",
          hint: "convert the file, such as from Latin-1: iconv -f LATIN1 -t UTF-8 FILE > NEW.ts")
      }
      try cases.add(line, line: number)
    }
    guard cases.isInData else {
      throw .invalid("there is no line @data", at: path, hint: "expected a file in .ts format")
    }
    guard let channels = cases.channels, let longest = cases.lengths.max() else {
      throw .invalid("holds no series", at: path)
    }
    name = cases.header.name ?? path
    try PaddingLimit.check(
      cases.lengths, stepByteCount: 8 * channels, place: { "\(path):\(cases.lines[$0])" },
      hint: "cut the series, or leave it out")
    values = cases.values(steps: longest, channels: channels)
    lengths = HostTensor(cases.lengths.map { Int32($0) })
    (targets, self.classNames) = try cases.targets(classNames: classNames)
  }
}

extension TimeSeriesFile {
  /// The series as examples; with lengths where they differ.
  func dataset(name: String) throws(NNError) -> Dataset {
    let steps = Int32(values.shape[1])
    let areEqual = lengths.scalars(as: Int32.self).allSatisfy { $0 == steps }
    return try Dataset(
      name: name, source: Ports(values, lengths: areEqual ? nil : lengths),
      targets: targets, classNames: classNames)
  }
}

/// The cases of a file as they are read, line by line.
private struct TimeSeriesCases {
  let path: String
  private(set) var header = TimeSeriesHeader()
  /// Whether the line `@data` has been read.
  private(set) var isInData = false
  /// The number of channels that all cases must have, once known.
  private(set) var channels: Int?
  /// All numbers: case by case, channel by channel.
  private var numbers: [Double] = []
  /// The steps of each case.
  private(set) var lengths: [Int] = []
  /// The line of each case.
  private(set) var lines: [Int] = []
  private var targetTexts: [String] = []

  init(path: String) { self.path = path }

  /// Parses a line of the file.
  mutating func add(_ line: String, line number: Int) throws(NNError) {
    let place = "\(path):\(number)"
    let first = line.utf8.first { !Self.isSpace($0) }
    guard let first, first != UInt8(ascii: "#"), first != UInt8(ascii: "%") else { return }
    if isInData { return try addCase(line, line: number, at: place) }
    guard first == UInt8(ascii: "@") else {
      throw .invalid(
        "expected an entry of the header, such as @problemName, or @data, found "
          + "\"\(line.prefix(20))\"", at: place)
    }
    let words = line.split { $0 == " " || $0 == "\t" }
    let entry = words[0].dropFirst().lowercased()
    isInData = entry == "data"
    if isInData {
      guard header.target != nil else {
        throw .invalid(
          "neither @classLabel nor @targetLabel is true", at: place,
          hint: "training needs series with targets")
      }
      channels = header.channels
    } else {
      try header.add(entry, words.dropFirst().map(String.init), at: place)
    }
  }

  private mutating func addCase(
    _ line: String, line number: Int, at place: String
  ) throws(NNError) {
    let parts = line.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count >= 2 else {
      throw .invalid("expected channels and a label after them, separated by ':'", at: place)
    }
    let expected = channels ?? parts.count - 1
    guard parts.count - 1 == expected else {
      throw .invalid("expected \(expected) channels, found \(parts.count - 1)", at: place)
    }
    channels = expected
    var steps: Int?
    if header.hasEqualLengths { steps = header.steps ?? lengths.first }
    for (channel, part) in parts.dropLast().enumerated() {
      let fields = part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard fields.count == steps ?? fields.count else {
        throw .invalid(
          "channel \(channel + 1): expected \(steps ?? 0) values, found \(fields.count)",
          at: place)
      }
      steps = fields.count
      for (step, field) in fields.enumerated() {
        let text = Self.trimmed(field)
        if let number = Double(text), number.isFinite {
          numbers.append(number)
        } else {
          throw noNumber(text, "channel \(channel + 1), value \(step + 1)", at: place)
        }
      }
    }
    lengths.append(steps ?? 0)
    lines.append(number)
    targetTexts.append(Self.trimmed(parts[parts.count - 1]))
  }

  /// The error for a text that is not a finite number.
  private func noNumber(_ text: String, _ name: String, at place: String) -> NNError {
    if text.isEmpty || text == "?" || Double(text)?.isNaN == true {
      return .invalid(
        "\(name) is missing" + (text.isEmpty ? "" : " (\"\(text)\")"), at: place,
        hint: "remove the series or fill in a value")
    }
    let expected = Double(text) == nil ? "a number" : "a finite number"
    return .invalid("\(name): expected \(expected), found \"\(text)\"", at: place)
  }

  /// The numbers as [N, steps, channels].
  func values(steps: Int, channels: Int) -> HostTensor {
    var values = HostTensor(zeros: [lengths.count, steps, channels], dtype: .float64)
    values.withMutableScalars(as: Double.self) { values in
      var source = 0
      for (row, length) in lengths.enumerated() {
        for channel in 0..<channels {
          for step in 0..<length {
            values[(row * steps + step) * channels + channel] = numbers[source]
            source += 1
          }
        }
      }
    }
    return values
  }

  /// Labels with the names of their classes, or numbers.
  func targets(classNames: [String]?) throws(NNError) -> (HostTensor, [String]?) {
    guard case .label(let listed) = header.target else {
      var numbers: [Double] = []
      for (text, line) in zip(targetTexts, lines) {
        numbers.append(try TableReader.number(text, "the target", at: "\(path):\(line)"))
      }
      return (HostTensor(numbers, shape: [numbers.count, 1]), nil)
    }
    let classes = classNames ?? Self.sorted(listed.isEmpty ? targetTexts : listed)
    return (try ClassLabels(classes).encode(targetTexts, lines: lines, at: path), classes)
  }

  /// The distinct names; numbers in numerical order, else in the order of texts.
  private static func sorted(_ names: [String]) -> [String] {
    let names = Set(names).sorted()
    let numbers = names.compactMap(Double.init)
    guard numbers.count == names.count else { return names }
    return zip(numbers, names).sorted { $0 < $1 }.map(\.1)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func trimmed(_ text: Substring.UTF8View) -> String {
    let start = text.drop(while: isSpace)
    let count = start.reversed().drop(while: isSpace).count
    return String(Substring(start.prefix(count)))
  }
}
