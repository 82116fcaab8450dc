import NNCore

/// Dates in English and in ISO 8601: `14 july 1989` and `1989-07-14`.
struct DateTask {
  /// A date in both forms.
  struct Pair {
    let text: String
    let translation: String
    /// The characters of the text for day, month and year.
    let ranges: (day: Range<Int>, month: Range<Int>, year: Range<Int>)
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  /// Draws dates from 1900 to 2019 in three formats.
  static func pairs(_ count: Int, seed: UInt64, part: UInt32) -> [Pair] {
    let random = Philox(seed: seed, stream: 4, step: part)
    return (0..<count).map { index in
      let day = "\(1 + random.integer(4 * index, below: 28))"
      let month = random.integer(4 * index + 1, below: 12)
      let year = "\(1900 + random.integer(4 * index + 2, below: 120))"
      let name = months[month]
      let translation = "\(year)-\(twoDigits("\(month + 1)"))-\(twoDigits(day))"
      switch random.integer(4 * index + 3, below: 3) {
      case 0: return pair([day, name, year], [" ", " "], (0, 1, 2), translation)
      case 1: return pair([name, day, year], [" ", ", "], (1, 0, 2), translation)
      default:
        return pair([day, String(name.prefix(3)), year], [" ", " "], (0, 1, 2), translation)
      }
    }
  }

  private static func twoDigits(_ number: String) -> String {
    number.count < 2 ? "0\(number)" : number
  }

  /// Joins words; `order` has the indices of day, month and year.
  private static func pair(
    _ words: [String], _ gaps: [String], _ order: (Int, Int, Int), _ translation: String
  ) -> Pair {
    var text = ""
    var ranges: [Range<Int>] = []
    for (word, gap) in zip(words, gaps + [""]) {
      ranges.append(text.count..<text.count + word.count)
      text += word + gap
    }
    return Pair(
      text: text, translation: translation,
      ranges: (ranges[order.0], ranges[order.1], ranges[order.2]))
  }
}
