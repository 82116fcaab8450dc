import NNCore
public import NNTraining

extension Plot {
  /// What each token of a translation took from each token of its text: a row for each token of the
  /// translation from the top, a column for each of the text.
  ///
  /// - Parameters:
  ///   - alignment: The weights.
  ///   - layer: The path of the layer to draw; nil, the default, for the mean over all of them.
  public init(_ alignment: Alignment, layer: String? = nil) {
    let (sources, targets) = (alignment.sourceTokens, alignment.targetTokens)
    let chosen = alignment.layers.filter { layer == nil || $0.path == layer }
    var values = [Double](repeating: 0, count: sources.count * targets.count)
    for weights in chosen.map(\.mean.doubles) {
      for (place, weight) in weights.enumerated() {
        // Heat maps count rows from the bottom.
        let (row, column) = (place / sources.count, place % sources.count)
        values[(targets.count - 1 - row) * sources.count + column] +=
          weight / Double(chosen.count)
      }
    }
    func ticks(_ tokens: [String]) -> [Tick] {
      tokens.enumerated().map { Tick(Double($0) + 0.5, Self.label($1)) }
    }
    let (width, height) = (Double(sources.count), Double(targets.count))
    self.init(
      title: "\(sources.dropLast().joined()) → \(alignment.translation)",
      x: Axis("text", range: 0...width, ticks: ticks(sources)),
      y: Axis("translation", range: 0...height, ticks: ticks(targets.reversed())),
      keepsAspect: true,
      marks: [
        HeatMap(
          x: 0...width, y: 0...height, columns: sources.count, rows: targets.count,
          values: values, range: 0...1)
      ])
  }

  /// A token as it is written beside its row: a space has a sign of its own.
  private static func label(_ token: String) -> String {
    let bare = token.drop { $0 == " " }
    return bare.isEmpty ? "␣" : String(bare)
  }
}
