package import NNLosses

/// The meaning of the network's outputs, by loss and last layer.
extension Config {
  /// The meaning of the outputs for the loss.
  var lossOutput: OutputKind { (try? makeLoss())?.output ?? .numbers }

  /// The meaning of the outputs, taking the last activation into account.
  package var output: OutputKind { lossOutput.computed(by: model) }

  /// Whether the outputs are already probabilities, without another softmax or sigmoid.
  var outputsAreProbabilities: Bool {
    lossOutput == .binaryProbabilities
      || ["softmax", "sigmoid"].contains(model.lastComputing?.kind)
  }

  /// A warning if the last layer does not match the loss; nil if it does.
  var outputWarning: String? {
    guard let last = model.lastComputing else { return nil }
    let place = "model.\(last.path) (\(last.kind))"
    let isActivation = ["softmax", "log_softmax", "sigmoid"].contains(last.kind)
    switch lossOutput {
    case .classLogits where last.kind == "softmax" || last.kind == "log_softmax":
      return
        "\(place): \(loss.kind) applies log_softmax itself and takes the raw outputs; leave the "
        + "layer out"
    case .binaryLogits where isActivation:
      return
        "\(place): \(loss.kind) applies sigmoid itself and takes the raw outputs; leave the layer "
        + "out"
    case .classLogProbabilities where last.kind != "log_softmax":
      return "\(place): \(loss.kind) takes log-probabilities; end the network with log_softmax"
        + (loss.kind == "nll" ? ", or use cross_entropy on the raw outputs" : "")
    case .binaryProbabilities where !["sigmoid", "softmax"].contains(last.kind):
      return "\(place): \(loss.kind) takes probabilities; end the network with sigmoid, or use "
        + "bce_with_logits on the raw outputs"
    default: return nil
    }
  }
}

extension OutputKind {
  /// The meaning of the outputs for a loss, corrected by the last activation of the network.
  func computed(by model: [LayerConfig]) -> OutputKind {
    switch (self, model.lastComputing?.kind) {
    case (.binaryLogits, "sigmoid"): .binaryProbabilities
    case (.classLogits, "log_softmax"): .classLogProbabilities
    default: self
    }
  }
}

extension [LayerConfig] {
  /// The layer that computes the output of the list: the last one, looking into containers and past
  /// layers that do not change values; with its path (`2.0`). A container itself if it adds or
  /// concatenates the outputs of its layers.
  var lastComputing: (path: String, kind: String)? {
    for index in indices.reversed() {
      let layer = self[index].component
      let path = self[index].name ?? "\(index)"
      switch layer.kind {
      case "flatten", "reshape", "dropout": continue
      case "sequential", "encoder_decoder":
        let option = layer.kind == "sequential" ? "layers" : "decoder"
        guard let inner = layer.layers(option) else { return (path, layer.kind) }
        // A list that only returns its input is skipped, too.
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
  /// The layers in an option of a container.
  fileprivate func layers(_ option: String) -> [LayerConfig]? {
    guard let value = self[option] else { return nil }
    return (try? OptionKind.layers.resolved(value, as: option))?.map(\.config)
  }

  /// Why a metric cannot measure outputs of a kind, as a part of a sentence that ends with the
  /// loss; nil if it can.
  func mismatch(with output: OutputKind) -> (message: String, hint: String)? {
    let ranksClasses = ["top_k", "perplexity", "bits_per_token", "bits_per_character"]
    if output.isBinary, ranksClasses.contains(kind) {
      return (
        "ranks classes, of which each example has one; outputs are independent binary labels under",
        "metrics for it: accuracy, subset_accuracy, confusion_matrix"
      )
    }
    if !output.isBinary, kind == "subset_accuracy" {
      return (
        "counts examples whose binary labels are all correct; outputs are not binary labels under",
        "use accuracy, or the loss bce_with_logits"
      )
    }
    return nil
  }
}
