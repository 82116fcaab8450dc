import NNCore
import NNLayers
package import NNLosses

/// The meaning of the network's outputs, by loss and last layer.
extension Config {
  /// The meaning of the outputs for the loss.
  var lossOutput: OutputKind { (try? makeLoss())?.output ?? .numbers }

  /// The meaning of the main output, taking the last activation into account.
  package var output: OutputKind { output(named: nil) }

  /// The meaning of an output for the loss that reads it, taking the last activation into account.
  ///
  /// - Parameter name: The output's name; nil for the main one.
  package func output(named name: String?) -> OutputKind {
    rawOutput(named: name).computed(by: model, output: name)
  }

  /// The meaning of an output for the loss that reads it; numbers if none does.
  private func rawOutput(named name: String?) -> OutputKind {
    guard let name, let loss = losses.first(where: { $0.tensor(.output) == name }) else {
      return name == nil || name == mainOutput ? lossOutput : .numbers
    }
    return (try? Registry.losses.build(loss.component))?.output ?? .numbers
  }

  /// The name of the main output of a graph of layers; nil for a list of layers.
  private var mainOutput: String? {
    guard model.count == 1, model[0].isNetwork,
      case .list(let names) = model[0].component["outputs"], case .string(let name) = names.first
    else { return nil }
    return name
  }

  /// A warning if the last layer does not match the loss; nil if it does.
  var outputWarning: String? {
    guard let last = model.lastComputing else { return nil }
    let place = "model.\(last.path) (\(last.kind))"
    switch (lossOutput, last.result) {
    case (.classLogits, .classProbabilities), (.classLogits, .classLogProbabilities):
      return
        "\(place): \(loss.kind) applies log_softmax itself and takes the raw outputs; leave the "
        + "layer out"
    case (.binaryLogits, .classProbabilities), (.binaryLogits, .classLogProbabilities),
      (.binaryLogits, .binaryProbabilities):
      return
        "\(place): \(loss.kind) applies sigmoid itself and takes the raw outputs; leave the layer "
        + "out"
    case (.classLogProbabilities, .classLogProbabilities): return nil
    case (.classLogProbabilities, _):
      let takesLabels = loss.lossPredictions == .classes
      return "\(place): \(loss.kind) takes log-probabilities; end the network with log_softmax"
        + (takesLabels ? ", or use cross_entropy on the raw outputs" : "")
    case (.binaryProbabilities, .classProbabilities), (.binaryProbabilities, .binaryProbabilities):
      return nil
    case (.binaryProbabilities, _):
      return "\(place): \(loss.kind) takes probabilities; end the network with sigmoid, or use "
        + "bce_with_logits on the raw outputs"
    default: return nil
    }
  }
}

extension OutputKind {
  /// The meaning of the outputs for a loss, corrected by the last activation of the network.
  ///
  /// - Parameter output: The name of the output; nil for the main one.
  func computed(by model: [LayerConfig], output: String? = nil) -> OutputKind {
    after(model.lastComputing(output)?.result.activation)
  }
}

extension [LayerConfig] {
  /// The names of the network's inputs.
  var inputNames: [String] {
    guard let first = first?.component, first.isGraph, case .list(let names) = first["inputs"]
    else {
      return [PortName.input]
    }
    return names.compactMap { name in if case .string(let text) = name { text } else { nil } }
  }

  /// The layer that reads the network's main input first.
  var firstLayer: ComponentConfig? {
    guard let first = first?.component, first.isGraph else { return self.first?.component }
    guard let value = first["layers"],
      let entries = try? OptionKind.graphEntries.resolved(value, as: "layers")
    else { return nil }
    // Inputs may be listed in any order.
    let names = inputNames
    let main = names.contains(PortName.input) ? PortName.input : names.first ?? PortName.input
    return entries.enumerated().first { index, entry in
      entry.inputs.map { $0.contains(main) } ?? (index == 0)
    }?.element.component?.config
  }

  /// The layer that computes the output of the list: the last one, looking into containers and past
  /// layers that do not change values; with its path (`2.0`). A container itself if it adds or
  /// concatenates the outputs of its layers.
  var lastComputing: LastLayer? { lastComputing(nil) }

  /// The same for an output of the network; nil for the main one.
  func lastComputing(_ output: String?) -> LastLayer? {
    for index in indices.reversed() {
      let layer = self[index].component
      let path = self[index].name ?? "\(index)"
      let kind = (try? Registry.layers.build(layer))?.result ?? .numbers
      let itself = LastLayer(path: path, kind: layer.kind, result: .numbers)
      switch kind {
      case .input: continue
      case .lastLayer(let option):
        guard let inner = layer.layers(option) else { return itself }
        // A list that only returns its input is skipped, too.
        guard let last = inner.lastComputing else { continue }
        return last.inside(option == "layers" ? path : "\(path).\(option)")
      case .namedLayers:
        guard let last = layer.lastOfGraph(output) else { return itself }
        return count == 1 && self[index].isNetwork ? last : last.inside(path)
      case .numbers, .classProbabilities, .classLogProbabilities, .binaryProbabilities:
        return LastLayer(path: path, kind: layer.kind, result: kind)
      }
    }
    return nil
  }
}

/// The layer that computes an output.
struct LastLayer {
  /// Its path: `2.0`.
  let path: String
  /// Its name in config files.
  let kind: String
  /// The meaning of its values.
  let result: LayerResult

  /// The same layer in a container.
  fileprivate func inside(_ container: String) -> LastLayer {
    LastLayer(path: "\(container).\(path)", kind: kind, result: result)
  }
}

extension ComponentConfig {
  /// The layer of a graph that computes an output, nil for the main one: past layers that do not
  /// change values, and into containers.
  fileprivate func lastOfGraph(_ name: String?) -> LastLayer? {
    guard let value = self["layers"],
      let entries = try? OptionKind.graphEntries.resolved(value, as: "layers"),
      case .list(let outputs) = self["outputs"], case .string(let main) = outputs.first,
      var index = entries.firstIndex(where: { $0.name == name ?? main }) ?? entries.indices.last
    else { return nil }
    // Each step goes to another entry, of which there are no cycles.
    for _ in entries {
      let entry = entries[index]
      let owner = entry.shared.flatMap { name in entries.first { $0.name == name } } ?? entry
      guard let config = owner.component?.config else { return nil }
      let path = entry.name ?? "\(index)"
      if let last = [LayerConfig(name: path, component: config)].lastComputing { return last }
      guard
        let before = entry.inputs.map({ names in entries.firstIndex { $0.name == names.first } })
          ?? (index > 0 ? index - 1 : nil)
      else { return nil }
      index = before
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
}
