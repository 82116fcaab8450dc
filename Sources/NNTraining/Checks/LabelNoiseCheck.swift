import NNCore
import NNData
import NNLosses

/// Training rows of which the trained network is sure that they belong to another class.
struct LabelNoiseCheck: MistakeCheck {
  var name: String { "label-noise" }
  var meaning: String {
    "training rows that the trained network assigns with 95 % to another class than their label"
  }
  var stage: CheckStage { .trained }

  private static let confidence = 0.95
  private static let mostRows = 10

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    guard let model = subject.model, let classes = subject.classes else { return [] }
    let predictor = try Predictor(model)
    let rows = subject.train.selecting(subject.sample)
    guard let meaning = predictor.meaning(), meaning.isClasses || meaning.isBinary
    else { return [] }
    let outputs = try predictor.predict(rows)
    guard outputs.shape.rank == 2, meaning.isClasses || outputs.shape[1] == 1 else { return [] }
    let probabilities = try predictor.probabilities(of: outputs).doubles
    let width = outputs.shape[1]
    var suspects: [(row: Int, label: Int, predicted: Int, probability: Double)] = []
    for (index, row) in subject.sample.enumerated() {
      let own = Array(probabilities[index * width..<(index + 1) * width])
      let shares = width == 1 ? [1 - own[0], own[0]] : own
      let best = shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
      let label = Int(classes[row])
      guard shares.indices.contains(label), best != label, shares[best] >= Self.confidence
      else { continue }
      suspects.append((subject.train.sourceRow(of: row), label, best, shares[best]))
    }
    guard !suspects.isEmpty else { return [] }
    suspects.sort { ($0.probability, -$0.row) > ($1.probability, -$1.row) }
    let train = subject.train
    let texts = suspects.prefix(Self.mostRows).map { suspect in
      "row \(suspect.row) (\(train.className(suspect.label)), predicted "
        + "\(train.className(suspect.predicted)))"
    }
    return [
      finding(
        "\(FindingText.count(suspects.count, "training row"))\(subject.sampled) may have a wrong "
          + "label: \(texts.joined(separator: ", "))\(suspects.count > Self.mostRows ? ", …" : "")",
        why: "the trained network gives another class at least "
          + "\(FindingText.percent(Int(Self.confidence * 100), of: 100)) of the probability",
        fix: "look at these rows (counted from 0) and correct their labels", key: "data.train")
    ]
  }
}
