import NNCore

/// The header of a `.ts` file: the entries before `@data`.
struct TimeSeriesHeader {
  /// The kind of a case's target, which is its last field.
  enum Target {
    /// A class; `classes` are those that the header lists, if any.
    case label(classes: [String])
    /// A number.
    case number
  }

  /// `@problemName`.
  private(set) var name: String?
  /// `@dimensions`, or 1 for `@univariate true`.
  private(set) var channels: Int?
  /// `@seriesLength`, unless series may differ in length.
  private(set) var steps: Int?
  /// `@equalLength`; false by default.
  private(set) var hasEqualLengths = false
  /// `@classLabel` or `@targetLabel`; nil where cases end with neither.
  private(set) var target: Target?

  /// Adds an entry: its name without `@`, in lower case, and the words after it.
  ///
  /// Entries that do not affect the format of the data are ignored.
  mutating func add(_ entry: String, _ words: [String], at place: String) throws(NNError) {
    func flag() throws(NNError) -> Bool {
      switch words.first?.lowercased() {
      case "true": return true
      case "false": return false
      default:
        throw .invalid(
          "@\(entry): expected true or false, found \"\(words.first ?? "")\"", at: place)
      }
    }
    func count() throws(NNError) -> Int {
      guard let number = words.first.flatMap({ Int($0) }), number > 0 else {
        throw .invalid(
          "@\(entry): expected an integer from 1, found \"\(words.first ?? "")\"", at: place)
      }
      return number
    }
    switch entry {
    case "problemname": name = words.joined(separator: " ")
    case "timestamps":
      if try flag() { throw .invalid("series with time stamps cannot be read", at: place) }
    case "univariate": if try flag() { channels = 1 }
    case "dimension", "dimensions": channels = try count()
    case "equallength": hasEqualLengths = try flag()
    case "serieslength": steps = try count()
    case "classlabel": if try flag() { target = .label(classes: Array(words.dropFirst())) }
    case "targetlabel": if try flag() { target = .number }
    default: break
    }
  }
}
