import NNCore
import NNLayers
import NNOptimizers
import NNTraining

/// Writes the numbers of a step with their symbols and formulas.
///
/// Nodes and examples are counted from 1, layers from 0, the inputs. Δ is counted from the output,
/// as in the course: the last layer has Δ₀.
struct TextbookWriter {
  let trace: StepTrace
  let network: TextbookNetwork
  let loss: TextbookLoss
  let shownExamples: Int
  let layers: [LayerNumbers]
  /// q₀ of all examples, and p₀ where the input goes through an activation.
  let input: (p: [Double]?, q: [Double])

  /// The numbers of a dense layer, [examples, nodes] and [nodes, inputs].
  struct LayerNumbers {
    let p: [Double]
    let q: [Double]
    /// σ′(p); nil where q = p.
    let slope: [Double]?
    /// ∂C/∂p; nil before the first layer that is trained.
    let delta: [Double]?
    let weight: [Double]
    let bias: [Double]?
  }

  init(
    _ trace: StepTrace, _ network: TextbookNetwork, _ loss: TextbookLoss, shownExamples: Int
  ) {
    self.trace = trace
    self.network = network
    self.loss = loss
    self.shownExamples = shownExamples
    layers = network.layers.map { layer in
      LayerNumbers(
        p: layer.pre.output.doubles, q: layer.output.output.doubles,
        slope: layer.post?.values.derivative?.doubles, delta: layer.pre.gradient?.doubles,
        weight: layer.weight.before.doubles, bias: layer.bias?.before.doubles)
    }
    let rows = trace.inputs.values.doubles
    input = network.input.map { (rows, $0.values.output.doubles) } ?? (nil, rows)
  }

  /// All sections of the step.
  func sections() -> [TextbookSection] {
    [weightSection]
      + (0..<shownExamples).flatMap { [forward($0), backward($0), products($0)] }
      + (shownExamples < network.examples ? [restSection] : [])
      + [gradientSection] + updateSections
  }

  // MARK: - Names

  private var prefix: String { "s\(trace.step)" }

  private func id(_ letter: String, _ layer: Int, _ node: Int, of example: Int) -> String {
    "\(prefix)-e\(example + 1)-\(letter)\(layer)-\(node + 1)"
  }

  /// The symbol of a number of a node: `q₁⁽²⁾[3]`.
  private func symbol(_ letter: String, _ index: Int?, _ node: Int, of example: Int) -> String {
    letter + (index.map(SymbolText.lowered) ?? "")
      + (network.examples > 1 ? SymbolText.ofExample(example + 1) : "") + "[\(node + 1)]"
  }

  /// A weight, or a bias: `w₀₁[2,1]`, `b₁[2]`.
  struct WeightName {
    /// The number of the layer, from 1.
    let layer: Int
    let node: Int
    /// The node of the layer before; nil for a bias.
    let source: Int?

    var symbol: String {
      source.map { "w\(SymbolText.between(layer))[\(node + 1),\($0 + 1)]" }
        ?? "b\(SymbolText.lowered(layer))[\(node + 1)]"
    }

    var id: String {
      source.map { "w\(layer)-\(node + 1)-\($0 + 1)" } ?? "b\(layer)-\(node + 1)"
    }
  }

  private func id(_ kind: String, _ name: WeightName) -> String { "\(prefix)-\(kind)-\(name.id)" }

  /// The weights and biases of a layer, counted from 1, in the order of their tensors.
  private func names(ofLayer layer: Int) -> [WeightName] {
    let dense = network.layers[layer - 1]
    let weights = (0..<dense.outputs).flatMap { node in
      (0..<dense.inputs).map { WeightName(layer: layer, node: node, source: $0) }
    }
    let biases = (0..<dense.outputs).map { WeightName(layer: layer, node: $0, source: nil) }
    return weights + (dense.bias == nil ? [] : biases)
  }

  /// The position of a weight in its tensor.
  private func offset(_ name: WeightName) -> Int {
    name.source.map { name.node * network.layers[name.layer - 1].inputs + $0 } ?? name.node
  }

  /// The parameter tensor of a weight.
  private func tensor(_ name: WeightName) -> StepTrace.ParameterValues? {
    let layer = network.layers[name.layer - 1]
    return name.source == nil ? layer.bias : layer.weight
  }

  private var layerNumbers: ClosedRange<Int> { 1...network.layers.count }

  // MARK: - Sections

  private var weightSection: TextbookSection {
    TextbookSection(
      "The weights before the step",
      "The network is \(network.description). w₀₁[2,1] is the weight from node 1 of layer 0, the "
        + "inputs, to node 2 of layer 1; b₁[2] is the bias of that node.",
      layerNumbers.flatMap { layer in
        names(ofLayer: layer).map { name in
          let numbers = layers[layer - 1]
          let values = name.source == nil ? numbers.bias ?? [] : numbers.weight
          return TextbookNumber(id("w", name), name.symbol, values[offset(name)])
        }
      })
  }

  private func forward(_ example: Int) -> TextbookSection {
    var numbers: [TextbookNumber] = []
    let width = network.inputs
    for node in 0..<width {
      let q = id("q", 0, node, of: example)
      var origin: TextbookExpression?
      if let p = input.p, let activation = network.input?.activation {
        let given = id("p", 0, node, of: example)
        numbers.append(
          TextbookNumber(
            given, symbol("p", 0, node, of: example), p[example * width + node]))
        origin = activation.output(of: given)
      }
      numbers.append(
        TextbookNumber(
          q, symbol("q", 0, node, of: example), input.q[example * width + node], origin))
    }
    for layer in layerNumbers { numbers += forward(example, layer: layer) }
    let last = network.layers.count
    let outputs = network.layers[last - 1].outputs
    if let probabilities = trace.probabilities?.doubles, loss.probabilityFormula != nil {
      let all = (0..<outputs).map { id("q", last, $0, of: example) }
      numbers += all.indices.map { node in
        TextbookNumber(
          id("s", last, node, of: example), symbol("s", nil, node, of: example),
          probabilities[example * outputs + node], loss.probability(of: all[node], among: all))
      }
    }
    let activations = network.layers.compactMap { $0.post?.activation }
    let rules = activations.enumerated().filter { index, activation in
      !activations[..<index].contains { $0.name == activation.name }
    }.flatMap { ["q = \($1.name)(p)", $1.derivativeFormula] }
    return TextbookSection(
      "Example \(example + 1): forward pass",
      "p is the sum of the weighted outputs of the layer before and the bias, q the output of the "
        + "activation. The derivative σ′(p) is needed on the way back.",
      formulas: ["p = Σ w · q + b"] + rules + [loss.probabilityFormula].compactMap { $0 },
      example: example + 1, numbers)
  }

  private func forward(_ example: Int, layer: Int) -> [TextbookNumber] {
    let (dense, values) = (network.layers[layer - 1], layers[layer - 1])
    return (0..<dense.outputs).flatMap { node in
      let position = example * dense.outputs + node
      var terms = (0..<dense.inputs).map { source in
        TextbookExpression.product([
          .number(id("w", WeightName(layer: layer, node: node, source: source))),
          .number(id("q", layer - 1, source, of: example)),
        ])
      }
      if dense.bias != nil {
        terms.append(.number(id("w", WeightName(layer: layer, node: node, source: nil))))
      }
      let (p, q) = (
        id("p", layer, node, of: example), id("q", layer, node, of: example)
      )
      let sum = TextbookNumber(
        p, symbol("p", layer, node, of: example), values.p[position], .sum(terms))
      guard let activation = dense.post?.activation else {
        return [
          sum,
          TextbookNumber(
            q, symbol("q", layer, node, of: example), values.q[position], .number(p)),
        ]
      }
      let slope = values.slope.map { slope in
        TextbookNumber(
          id("d", layer, node, of: example),
          "\(activation.name)′(\(symbol("p", layer, node, of: example)))", slope[position],
          activation.derivative(p: p, q: q, isPositive: values.p[position] > 0))
      }
      return [
        sum,
        TextbookNumber(
          q, symbol("q", layer, node, of: example), values.q[position], activation.output(of: p)),
      ] + (slope.map { [$0] } ?? [])
    }
  }

  private func backward(_ example: Int) -> TextbookSection {
    let last = network.layers.count
    let outputs = network.layers[last - 1].outputs
    var numbers = (0..<outputs).map { node in
      TextbookNumber(
        id("y", last, node, of: example), symbol("y", nil, node, of: example),
        loss.targets[example * outputs + node])
    }
    if let gradient = network.layers[last - 1].output.gradient?.doubles {
      numbers += (0..<outputs).map { node in
        let s = loss.probabilityFormula.map { _ in id("s", last, node, of: example) }
        return TextbookNumber(
          id("c", last, node, of: example),
          "∂C/∂\(symbol("q", last, node, of: example))", gradient[example * outputs + node],
          loss.derivative(
            q: id("q", last, node, of: example), s: s, y: id("y", last, node, of: example)))
      }
    }
    for layer in layerNumbers.reversed() { numbers += deltas(example, layer: layer) }
    return TextbookSection(
      "Example \(example + 1): backward pass",
      "Δ is ∂C/∂p, the derivative of the loss with respect to a node's sum. It starts at the output "
        + "and goes back along the weights.",
      formulas: [
        loss.formula, loss.derivativeFormula, "Δ₀ = ∂C/∂q · σ′(p)", "Δᵢ₊₁ = (Σ w · Δᵢ) · σ′(p)",
      ], example: example + 1, numbers)
  }

  private func deltas(_ example: Int, layer: Int) -> [TextbookNumber] {
    let (dense, values) = (network.layers[layer - 1], layers[layer - 1])
    guard let delta = values.delta else { return [] }
    let last = network.layers.count
    return (0..<dense.outputs).map { node in
      let incoming: TextbookExpression =
        layer == last
        ? .number(id("c", last, node, of: example))
        : .sum(
          (0..<network.layers[layer].outputs).map { next in
            .product([
              .number(id("w", WeightName(layer: layer + 1, node: next, source: node))),
              .number(id("delta", layer + 1, next, of: example)),
            ])
          })
      return TextbookNumber(
        id("delta", layer, node, of: example), symbol("Δ", last - layer, node, of: example),
        delta[example * dense.outputs + node],
        values.slope == nil
          ? incoming : .product([incoming, .number(id("d", layer, node, of: example))]))
    }
  }

  /// The weights with a gradient, the last layer first, as the backward pass reaches them.
  private var trainedNames: [WeightName] {
    layerNumbers.reversed().flatMap(names).filter { tensor($0)?.update != nil }
  }

  private func products(_ example: Int) -> TextbookSection {
    TextbookSection(
      "Example \(example + 1): products",
      "What the example adds to the gradient of a weight: Δ of the node that it leads to times q of "
        + "the node that it comes from. For a bias it is Δ itself.",
      formulas: ["∂C/∂w = Σ Δ · q", "∂C/∂b = Σ Δ"], example: example + 1,
      trainedNames.compactMap { name in
        guard let source = name.source else { return nil }
        return TextbookNumber(
          productID(name, of: example),
          symbol("Δ", network.layers.count - name.layer, name.node, of: example) + " · "
            + symbol("q", name.layer - 1, source, of: example),
          product(name, of: example),
          .product([
            .number(id("delta", name.layer, name.node, of: example)),
            .number(id("q", name.layer - 1, source, of: example)),
          ]))
      })
  }

  private func productID(_ name: WeightName, of example: Int) -> String {
    name.source == nil
      ? id("delta", name.layer, name.node, of: example)
      : "\(prefix)-e\(example + 1)-product-\(name.id)"
  }

  /// Δ · q, or Δ for a bias. A step sums them as one matrix product, so they are multiplied here.
  private func product(_ name: WeightName, of example: Int) -> Double {
    let width = network.layers[name.layer - 1].outputs
    let delta = layers[name.layer - 1].delta?[example * width + name.node] ?? 0
    guard let source = name.source else { return delta }
    let inputs = network.layers[name.layer - 1].inputs
    let q = name.layer == 1 ? input.q : layers[name.layer - 2].q
    return delta * q[example * inputs + source]
  }

  private var restSection: TextbookSection {
    let count = network.examples - shownExamples
    return TextbookSection(
      "The other \(count) examples",
      "The batch has \(network.examples) examples, of which \(shownExamples) are shown. These are "
        + "the sums of the products of the others.",
      trainedNames.map { name in
        TextbookNumber(
          id("rest", name), "Σ of the others for \(name.symbol)",
          (shownExamples..<network.examples).reduce(0) { $0 + product(name, of: $1) })
      })
  }

  private var gradientSection: TextbookSection {
    let isWhole = shownExamples == network.examples
    return TextbookSection(
      "The gradients",
      network.examples == 1
        ? "The gradient of a weight is its product."
        : "The gradient of a weight is the sum of its products over the examples.",
      formulas: ["∂C/∂w = Σ Δ · q", "∂C/∂b = Σ Δ"],
      trainedNames.compactMap { name in
        guard let update = tensor(name)?.update else { return nil }
        let terms = (0..<shownExamples).map {
          TextbookExpression.number(productID(name, of: $0))
        }
        return TextbookNumber(
          id("g", name), "∂C/∂\(name.symbol)", update.gradient.doubles[offset(name)],
          .sum(terms + (isWhole ? [] : [.number(id("rest", name))])))
      })
  }

  /// One section for each rule: parameter groups may have several.
  private var updateSections: [TextbookSection] {
    var sections: [TextbookSection] = []
    var titles: [String] = []
    for name in trainedNames {
      guard let tensor = tensor(name), let update = tensor.update else { continue }
      let rule = TextbookUpdate(update, step: trace.step)
      let title = "The updates: \(update.optimizer.name), η = \(update.learningRate)"
      let numbers = numbers(of: name, tensor, update, rule)
      if let index = titles.firstIndex(of: title) {
        sections[index] = TextbookSection(
          title, sections[index].text, formulas: rule.formulas, sections[index].numbers + numbers)
      } else {
        titles.append(title)
        sections.append(
          TextbookSection(
            title,
            "Every weight moves against its gradient."
              + (update.applied.doubles == update.gradient.doubles
                ? "" : " g is the gradient after clipping and with that of the L1 penalty."),
            formulas: rule.formulas, numbers))
      }
    }
    return sections
  }

  private func numbers(
    of name: WeightName, _ tensor: StepTrace.ParameterValues, _ update: StepTrace.Update,
    _ rule: TextbookUpdate
  ) -> [TextbookNumber] {
    let offset = offset(name)
    var (numbers, gradient) = ([TextbookNumber](), id("g", name))
    if update.applied.doubles != update.gradient.doubles {
      gradient = id("a", name)
      numbers.append(
        TextbookNumber(gradient, "g of \(name.symbol)", update.applied.doubles[offset]))
    }
    var states: [String: String] = [:]
    for (state, values) in update.states {
      states[state] = id(state, name)
      numbers.append(
        TextbookNumber(id(state, name), "\(state) of \(name.symbol)", values.doubles[offset]))
    }
    numbers.append(
      TextbookNumber(
        id("new", name), "new \(name.symbol)", tensor.after.doubles[offset],
        rule.expression(weight: id("w", name), gradient: gradient, states: states)))
    return numbers
  }
}
