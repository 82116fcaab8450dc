package import NNAnalysis
package import NNCore
import NNFormats
package import NNTraining

extension AttackTable {
  /// The table as JSON, for `attack.json`: figures in full precision, and the first broken examples.
  package var json: JSONLine {
    var document = JSONLine()
    document.add("data", data)
    document.add("rows", count)
    switch figure {
    case .accuracy: document.add("figure", "accuracy")
    case .loss: document.add("figure", "loss")
    case .resistance(let target):
      document.add("figure", "resistance")
      document.add("target", target)
    }
    document.add("norm", settings.norm.rawValue)
    document.add("steps", settings.steps)
    document.add("step_size", settings.stepSize)
    document.add("random_start", settings.randomStart)
    document.add("restarts", settings.restarts)
    document.add("queries", settings.queries)
    document.add("seed", Int(clamping: settings.seed))
    document.add("clean", clean)
    document.add("transferred_clean", transferredClean)
    document.add("table", rows.map(\.json))
    document.add("examples", examples.map(\.json))
    document.add("warnings", warnings)
    return document
  }

  /// Writes `attack.json` into a run's folder.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  package func write(to folder: RunFolder) throws(NNError) {
    try AtomicFile.write(path: folder.attack, text: json.text + "\n", isSynced: false)
  }
}

extension AttackTable.Row {
  fileprivate var json: JSONLine {
    var line = JSONLine()
    line.add("eps", radius)
    line.add(
      "attacks",
      results.map { result in
        var line = JSONLine()
        line.add("attack", result.attack)
        line.add("figure", result.figure)
        line.add("loss", result.loss)
        line.add("transferred", result.transferred)
        line.add("seconds", result.seconds)
        return line
      })
    line.add("worst", worst)
    line.add("mean_norm", meanNorm)
    line.add("seconds", seconds)
    return line
  }
}

extension AttackTable.Example {
  fileprivate var json: JSONLine {
    var line = JSONLine()
    line.add("row", row)
    line.add("eps", radius)
    line.add("label", integer: classes?.label)
    line.add("before", integer: classes?.before)
    line.add("after", integer: classes?.after)
    line.add("shape", clean.shape.dimensions)
    line.add("clean", numbers: clean.doubles)
    line.add("perturbed", numbers: perturbed.doubles)
    return line
  }
}
