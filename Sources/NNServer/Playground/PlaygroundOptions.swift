import NNFormats
import NNReports

/// The options that the page offers.
enum PlaygroundOptions {
  /// The values that the page offers; the server accepts any within bounds.
  private static let learningRates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
  private static let batchSizes = [1, 2, 4, 8, 16, 32, 64, 128]
  /// The values of TensorFlow's playground.
  private static let penalties = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
  private static let dropouts = [0, 0.1, 0.2, 0.3, 0.4, 0.5]

  /// The options as JSON.
  static func json(limits: PlaygroundSessions.Limits) -> JSONLine {
    var json = JSONLine(isCompact: true)
    json.add("settings", PlaygroundSettings().json)
    json.add(
      "sources",
      PlaygroundSource.allCases.map { source -> JSONLine in
        var object = choice(source.rawValue, source.title)
        object.add("noise", source.defaultNoise)
        return object
      })
    json.add(
      "features",
      PlaygroundFeature.allCases.map { feature -> JSONLine in
        var object = choice(feature.rawValue, feature.title)
        object.add("meaning", feature.meaning)
        return object
      })
    json.add(
      "activations", PlaygroundActivation.allCases.map { choice($0.rawValue, $0.title) })
    json.add("losses", PlaygroundLoss.allCases.map { choice($0.rawValue, $0.title) })
    json.add(
      "optimizers", PlaygroundOptimizer.allCases.map { choice($0.rawValue, $0.title) })
    json.add("learning_rate", numbers: learningRates)
    json.add("batch_size", batchSizes)
    json.add("l1_penalty", numbers: penalties)
    json.add("weight_decay", numbers: penalties)
    json.add("dropout", numbers: dropouts)
    var bounds = JSONLine(isCompact: true)
    bounds.add("layers", PlaygroundBounds.layers.upperBound)
    bounds.add("nodes", PlaygroundBounds.nodes.upperBound)
    bounds.add("table_bytes", PlaygroundBounds.tableBytes)
    bounds.add("weight", PlaygroundBounds.weight.upperBound)
    json.add("limits", bounds)
    return json
  }

  private static func choice(_ value: String, _ title: String) -> JSONLine {
    var object = JSONLine(isCompact: true)
    object.add("value", value)
    object.add("title", title)
    return object
  }
}
