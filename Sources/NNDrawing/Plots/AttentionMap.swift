extension Plot {
  /// A heat map of attention weights: one row per token of the translation, from the top, one
  /// column per token of the source text.
  ///
  /// - Parameters:
  ///   - title: The plot's title.
  ///   - sources: The S tokens of the source text.
  ///   - targets: The T tokens of the translation.
  ///   - weights: The attention weights [T, S], from 0 to 1, in row-major order.
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

  /// The label of a token: `␣` for a space.
  private static func label(_ token: String) -> String {
    let bare = token.drop { $0 == " " }
    return bare.isEmpty ? "␣" : String(bare)
  }
}
