package import NNAnalysis
package import NNCore
import NNFormats
package import NNTraining

extension PermutationImportance {
  /// The importances as JSON, for `importance.json`: the features in the order of the data, in full
  /// precision.
  package var json: JSONLine {
    var document = JSONLine()
    document.add("data", data)
    document.add("rows", count)
    document.add("score", score)
    document.add("higher_is_better", isHigherBetter)
    document.add("baseline", baseline)
    document.add("repeats", features.first?.importances.count ?? 0)
    document.add(
      "features",
      features.map { feature in
        var line = JSONLine()
        line.add("feature", feature.name)
        line.add("mean", feature.mean)
        line.add("std", feature.deviation)
        line.add("importances", numbers: feature.importances)
        return line
      })
    return document
  }

  /// Writes `importance.json` into a run's folder.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  package func write(to folder: RunFolder) throws(NNError) {
    try AtomicFile.write(path: folder.importance, text: json.text + "\n", isSynced: false)
  }
}
