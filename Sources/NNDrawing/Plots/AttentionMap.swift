extension Plot {
  /// What each token of a translation took from each token of its text: a row for each token of the
  /// translation from the top, a column for each of the text.
  ///
  /// - Parameters:
  ///   - title: The plot's title.
  ///   - sources: The S tokens of the text.
  ///   - targets: The T tokens of the translation.
  ///   - weights: The T × S weights of attention, from 0 to 1, row by row.
  public init(
    title: String, attentionTo sources: [String], by targets: [String], weights: [Double]
  ) {
    // Heat maps count rows from the bottom.
    let rows = targets.indices.reversed().map { row in
      weights[row * sources.count..<(row + 1) * sources.count]
    }
    func ticks(_ tokens: [String]) -> [Tick] {
      tokens.enumerated().map { Tick(Double($0) + 0.5, Self.label($1)) }
    }
    let (width, height) = (Double(sources.count), Double(targets.count))
    self.init(
      title: title, x: Axis("text", range: 0...width, ticks: ticks(sources)),
      y: Axis("translation", range: 0...height, ticks: ticks(targets.reversed())),
      keepsAspect: true,
      marks: [
        HeatMap(
          x: 0...width, y: 0...height, columns: sources.count, rows: targets.count,
          values: Array(rows.joined()), range: 0...1)
      ])
  }

  /// A token as it is written beside its row: a space has a sign of its own.
  private static func label(_ token: String) -> String {
    let bare = token.drop { $0 == " " }
    return bare.isEmpty ? "␣" : String(bare)
  }
}
