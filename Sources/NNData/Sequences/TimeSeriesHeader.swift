import NNCore

/// What stands in front of `@data` in a `.ts` file.
struct TimeSeriesHeader {
  /// What a case ends with.
  enum Target {
    /// A class, of these when the header lists them.
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
  /// `@equalLength`; false where the header does not say.
  private(set) var hasEqualLengths = false
  /// `@classLabel` or `@targetLabel`; nil where cases end with neither.
  private(set) var target: Target?

  /// Takes an entry: its name without `@`, in lower case, and the words behind it.
  ///
  /// What says nothing about how the data are written is passed over.
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
