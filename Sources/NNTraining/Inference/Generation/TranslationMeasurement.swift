import NNCore
import NNData

/// Translates the texts of a data set and scores the translations.
struct TranslationMeasurement {
  /// The scores over all texts.
  let scores: [TranslationScore]
  /// Warnings for the user.
  let warnings: [String]

  /// The number of texts translated in parallel: enough that the weights are read rarely.
  private static let textsAtOnce = 16

  /// Translates the source texts of a data set's pairs and compares the results with the
  /// references.
  ///
  /// - Throws: `NNError` for data without pairs.
  init(_ scores: [TranslationScore], of dataset: Dataset, by model: TrainedModel) throws(NNError) {
    var (scores, warnings) = (scores, [String]())
    guard let name = scores.first?.name else {
      (self.scores, self.warnings) = ([], [])
      return
    }
    guard let pairs = dataset.pairs else {
      throw .invalid(
        "`\(name)` is measured by translating, and these data hold no pairs of texts",
        at: dataset.name, hint: "name a source such as {pairs: test.tsv}")
    }
    // Scores that share a beam share the translations.
    for beam in scores.map(\.beam).reduce(into: [], { $0.contains($1) ? () : $0.append($1) }) {
      let translator = try Translator(
        model, beam: beam, textsAtOnce: min(Self.textsAtOnce, pairs.count))
      let translations = try translator.translateAll(pairs.sources)
      for index in scores.indices where scores[index].beam == beam {
        for (translation, reference) in zip(translations, pairs.targets) {
          try scores[index].add(translation ?? "", reference: reference)
        }
      }
      let missing = translations.count { $0 == nil }
      guard missing > 0, warnings.isEmpty else { continue }
      warnings.append(
        "\(dataset.name): \(missing) of \(pairs.count) texts have more than the "
          + "\(translator.maxSourceLength) tokens that the network takes; they count as empty "
          + "translations")
    }
    (self.scores, self.warnings) = (scores, warnings)
  }
}
