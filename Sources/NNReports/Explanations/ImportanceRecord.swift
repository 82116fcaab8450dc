import NNCore
import NNFormats
import NNTraining

/// What a report reads of `importance.json`.
struct ImportanceRecord {
  let data: String
  let count: Int
  let score: String
  let isHigherBetter: Bool
  let baseline: Double
  let repeats: Int
  /// The features, the most important first.
  let ranked: [(name: String, mean: Double, deviation: Double)]

  /// Reads the file of a run; nil if no importance has been measured.
  ///
  /// - Throws: `NNError` if the file is damaged.
  init?(_ folder: RunFolder) throws(NNError) {
    guard let bytes = try? FileBytes.read(folder.importance) else { return nil }
    let document = try JSONValue(parsing: bytes[...], at: folder.importance)
    let features = document["features"]?.items?.allMapped(Self.feature)
    guard let data = document["data"]?.string, let count = document["rows"]?.integer,
      let score = document["score"]?.string,
      let isHigherBetter = document["higher_is_better"]?.boolean,
      let baseline = document["baseline"]?.double, let repeats = document["repeats"]?.integer,
      let features, !features.isEmpty
    else {
      throw .invalid(
        "is damaged", at: folder.importance,
        hint: "write it again: nntrain explain RUN --method permutation")
    }
    (self.data, self.count, self.score, self.baseline) = (data, count, score, baseline)
    (self.isHigherBetter, self.repeats) = (isHigherBetter, repeats)
    ranked = features.enumerated().sorted {
      $0.element.mean == $1.element.mean
        ? $0.offset < $1.offset : $0.element.mean > $1.element.mean
    }.map(\.element)
  }

  private static func feature(
    _ value: JSONValue
  ) -> (name: String, mean: Double, deviation: Double)? {
    guard let name = value["feature"]?.string, let mean = value["mean"]?.double,
      let deviation = value["std"]?.double
    else { return nil }
    return (name, mean, deviation)
  }
}
