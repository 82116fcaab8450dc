/// How many values of a column were not read as they are.
struct EncodingCounts {
  var missing = 0
  var unknown = 0
  var clipped = 0
  var infinite = 0

  /// A note for each count above 0.
  func notes(_ encoding: ColumnEncoding) -> [DataNote] {
    let filling =
      switch encoding.missing {
      case "constant": encoding.fillCategory ?? encoding.fill.map(CSVFormat.text) ?? "a constant"
      case "indicator" where encoding.categories != nil: "no category, and marked"
      case "indicator": "the mean, and marked"
      default: "the \(encoding.missing)"
      }
    let code =
      switch encoding.encode {
      case .embedding: "0"
      case .ordinal: "-1"
      case .oneHot, nil: "none"
      }
    let isCode = encoding.isEmbedded && encoding.fillCategory == nil
    return [
      (missing, "missing values \(isCode ? "encoded as 0" : "filled with \(filling)")"),
      (self.unknown, "categories that the training rows lack, encoded as \(code)"),
      (clipped, "values outside the range of the training rows, clipped"),
    ].filter { $0.0 > 0 }.map {
      DataNote(subject: "column \"\(encoding.name)\"", what: $0.1, count: $0.0)
    }
  }
}
