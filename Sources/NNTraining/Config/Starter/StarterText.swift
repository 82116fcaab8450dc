import NNCore
package import NNData

/// A column of texts as the input of a starting config's network, which averages vectors of words.
package struct StarterText: Sendable {
  /// The column.
  package let column: TableSurvey.Column
  private let rowCount: Int
  /// The number of words of the longest text.
  private let longest: Int

  /// Chooses the column with the longest texts; nil if there are none, or if names and other short
  /// texts are next to columns that are inputs as well.
  ///
  /// - Parameters:
  ///   - columns: The columns other than the target.
  ///   - rowCount: The number of rows.
  ///   - hasOtherInputs: Whether numbers or categories could be inputs.
  init?(_ columns: [TableSurvey.Column], rowCount: Int, hasOtherInputs: Bool) {
    let texts = columns.filter { column in
      column.type == .text && column.numberCount == 0 && !StarterColumn.isIdentifier(column)
        && (column.hasOwnName || Int(column.name) == column.index)
    }.map { column in (column: column, words: Self.words(of: column)) }
    guard let chosen = texts.max(by: { $0.words.mean < $1.words.mean }),
      chosen.words.mean >= (hasOtherInputs ? Self.sentence : Self.phrase)
    else { return nil }
    column = chosen.column
    longest = chosen.words.longest
    self.rowCount = rowCount
  }

  /// Texts of this many words on average are worth more than the columns next to them.
  private static let sentence = 8.0
  /// Texts of fewer words on average are names.
  private static let phrase = 3.0
  /// Longer texts are cut.
  private static let largestLength = 500

  /// The mean number of words of the texts, and that of the longest.
  private static func words(of column: TableSurvey.Column) -> (mean: Double, longest: Int) {
    var (sum, count, longest) = (0, 0, 0)
    for (text, repetitions) in column.values {
      let words = text.split(whereSeparator: \.isWhitespace).count
      sum += words * repetitions
      count += repetitions
      longest = max(longest, words)
    }
    return (Double(sum) / Double(max(1, count)), longest)
  }

  /// The options of the source: the column and its tokens.
  var value: ConfigValue {
    var options = [ConfigOption("column", column.reference.value)]
    // In few texts most words appear once.
    if rowCount < 200 { options.append(ConfigOption("min_count", .integer(1))) }
    if longest > Self.largestLength {
      options.append(ConfigOption("max_length", .integer(Self.largestLength)))
    }
    if column.missingCount > 0 { options.append(ConfigOption("empty", .string("unknown"))) }
    return .mapping(options)
  }

  /// The lines of the layers before the output.
  var layers: [String] {
    [
      "  # a vector for each word, and their mean for each text",
      "  - embedding: {embedding_dim: \(rowCount < 1_000 ? 32 : 64), weight_init: {normal: {std: 0.1}}}",
      "  - pool_steps: mean", "  - dropout: 0.3",
    ]
  }

  /// Vectors of rare words get few gradients, so steps are larger than elsewhere.
  static let learningRate = "0.005"

  /// The number of epochs for a number of steps in each.
  static func epochs(ofSteps steps: Int) -> Int { max(40, min(400, 4_000 / steps)) }
}
