package import NNLosses

/// What the network's outputs stand for, by loss and last layer.
extension Config {
  /// What the loss takes the outputs for.
  var lossOutput: OutputKind { (try? makeLoss())?.output ?? .numbers }

  /// What the outputs are once the last activation is looked at, too.
  package var output: OutputKind { lossOutput.computed(by: model) }

  /// Whether the outputs are probabilities as they are, so that no softmax or sigmoid belongs on them.
  var outputsAreProbabilities: Bool {
    lossOutput == .decisionProbabilities
      || ["softmax", "sigmoid"].contains(model.lastComputing?.kind)
  }

  /// What is wrong with the last layer under the loss; nil where they go together.
  var outputWarning: String? {
    guard let last = model.lastComputing else { return nil }
    let place = "model.\(last.path) (\(last.kind))"
    let isActivation = ["softmax", "log_softmax", "sigmoid"].contains(last.kind)
    switch lossOutput {
    case .classLogits where last.kind == "softmax" || last.kind == "log_softmax":
      return
        "\(place): \(loss.kind) applies log_softmax itself and takes the raw outputs; leave the "
        + "layer out"
    case .decisionLogits where isActivation:
      return
        "\(place): \(loss.kind) applies sigmoid itself and takes the raw outputs; leave the layer "
        + "out"
    case .classLogProbabilities where last.kind != "log_softmax":
      return "\(place): \(loss.kind) takes log-probabilities; end the network with log_softmax"
        + (loss.kind == "nll" ? ", or use cross_entropy on the raw outputs" : "")
    case .decisionProbabilities where !["sigmoid", "softmax"].contains(last.kind):
      return "\(place): \(loss.kind) takes probabilities; end the network with sigmoid, or use "
        + "bce_with_logits on the raw outputs"
    default: return nil
    }
  }
}

extension OutputKind {
  /// What a loss takes the outputs for, corrected by the activation that a network ends in.
  func computed(by model: [LayerConfig]) -> OutputKind {
    switch (self, model.lastComputing?.kind) {
    case (.decisionLogits, "sigmoid"): .decisionProbabilities
    case (.classLogits, "log_softmax"): .classLogProbabilities
    default: self
    }
  }
}

extension [LayerConfig] {
  /// The layer that computes the numbers which the list gives: the last one, seen through containers
  /// and through layers that leave numbers as they are; with its path (`2.0`). The container itself
  /// where it adds or joins what its layers give.
  var lastComputing: (path: String, kind: String)? {
    for index in indices.reversed() {
      let layer = self[index].component
      let path = self[index].name ?? "\(index)"
      switch layer.kind {
      case "flatten", "reshape", "dropout": continue
      case "sequential", "encoder_decoder":
        let option = layer.kind == "sequential" ? "layers" : "decoder"
        guard let inner = layer.layers(option) else { return (path, layer.kind) }
        // A list that only passes its input on is looked through, too.
        guard let last = inner.lastComputing else { continue }
        let prefix = layer.kind == "sequential" ? path : "\(path).decoder"
        return ("\(prefix).\(last.path)", last.kind)
      default: return (path, layer.kind)
      }
    }
    return nil
  }
}

extension ComponentConfig {
  /// The layers that an option of a container holds.
  fileprivate func layers(_ option: String) -> [LayerConfig]? {
    guard let value = self[option] else { return nil }
    return (try? OptionKind.layers.resolved(value, as: option))?.map(\.config)
  }

  /// Why a metric cannot measure outputs of some kind, in the middle of a sentence that ends with the
  /// loss; nil where it can.
  func mismatch(with output: OutputKind) -> (message: String, hint: String)? {
    let ranksClasses = ["top_k", "perplexity", "bits_per_token", "bits_per_character"]
    if output.isDecisions, ranksClasses.contains(kind) {
      return (
        "ranks the classes of which an example has one; each output is a decision of its own under",
        "metrics for it: accuracy, subset_accuracy, confusion_matrix"
      )
    }
    if !output.isDecisions, kind == "subset_accuracy" {
      return (
        "counts the examples of which every decision is right; outputs are no decisions under",
        "use accuracy, or the loss bce_with_logits"
      )
    }
    return nil
  }
}
