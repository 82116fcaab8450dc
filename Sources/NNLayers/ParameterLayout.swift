public import NNCore
public import NNGraph

/// The parameters and buffers of a model, and the position of each parameter in the flat tensor
/// that holds all of its group.
///
/// The parameters of a group are parts of one variable, each at an offset that is a multiple of 16
/// elements, so that an optimizer updates all of them in one pass. By default there is one group,
/// whose variable is named `parameters`. Each buffer is a variable of its own. Outside a session,
/// tensors have the names of PyTorch's `state_dict`, whatever the groups.
///
/// Two networks in one graph, or over one `VariableStore`, need names, so that their variables
/// differ: `model.layout(signature, name: "critic")`.
public struct ParameterLayout: Sendable {
  /// A parameter or a buffer.
  public struct Entry: Sendable {
    /// The role of an entry.
    public enum Role: Sendable {
      /// Trainable unless frozen; stored in its group's flat tensor at `offset`.
      case parameter(offset: Int, initializer: Initializer, fan: Fan)
      /// Saved but not trained; every element starts as `initial`.
      case buffer(initial: Double)
    }

    /// The full name: `3.0.weight`.
    public let name: String
    /// The shape of the tensor.
    public let shape: Shape
    /// The type of its elements.
    public let dtype: DType
    /// Whether it is a parameter or a buffer.
    public let role: Role
    /// The group of a parameter; the default group for a buffer.
    public internal(set) var group = Group.Identity.main

    /// Whether the entry is a parameter.
    public var isParameter: Bool {
      if case .parameter = role { true } else { false }
    }
    /// Whether the entry is a parameter that is not frozen.
    public var isTrained: Bool { isParameter && group != .frozen }
  }

  /// The name of the variable that holds the parameters of the default group.
  public static let variableName = "parameters"
  /// Offsets are multiples of this number of elements.
  public static let alignment = 16

  /// The name of the network, with which the names of its variables start; nil for none.
  public let name: String?
  /// All parameters and buffers, in the order in which the layers declare them.
  public let entries: [Entry]
  /// The groups that have parameters: the default group, those with patterns, then the frozen one.
  /// A model without parameters has an empty default group.
  public let groups: [Group]
  /// The type of the parameters.
  public let dtype: DType
  /// The vocabulary sizes if the network reads tokens; nil if it reads numbers.
  public let vocabulary: VocabularySizes?
  /// The number of different integers in each input of categories, by name.
  let categoryCounts: [String: Int]
  private let positions: [String: Int]

  /// Lays the parameters of each group out one after another.
  ///
  /// - Throws: `NNError` for patterns that match no parameter, and where groups overlap.
  init(
    _ found: [Entry], name: String?, dtype: DType, vocabulary: VocabularySizes?,
    categoryCounts: [String: Int], grouping: ParameterGrouping
  ) throws(NNError) {
    self.name = name
    let names = found.filter(\.isParameter).map(\.name)
    var assigned = try grouping.assignments(of: names)[...]
    var ends: [Group.Identity: Int] = [:]
    entries = found.map { entry in
      guard case .parameter(_, let initializer, let fan) = entry.role,
        let group = assigned.popFirst()
      else { return entry }
      let start = ends[group, default: 0]
      // Every entry was checked against the memory limit, so the sum does not overflow.
      ends[group] = (start + entry.shape.elementCount).roundedUp(toMultipleOf: Self.alignment)
      return Entry(
        name: entry.name, shape: entry.shape, dtype: entry.dtype,
        role: .parameter(offset: start, initializer: initializer, fan: fan), group: group)
    }
    let numbered = grouping.groups.indices.map { Group.Identity.numbered($0 + 1) }
    let order: [Group.Identity] = [.main] + numbered + [.frozen]
    let all = order.compactMap { identity in
      ends[identity].map { Group(identity: identity, count: $0, network: name) }
    }
    groups = all.isEmpty ? [Group(identity: .main, count: 0, network: name)] : all
    self.dtype = dtype
    self.vocabulary = vocabulary
    self.categoryCounts = categoryCounts
    positions = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// The entry with the given name.
  public subscript(name: String) -> Entry? { positions[name].map { entries[$0] } }

  /// The parameters.
  public var parameters: [Entry] { entries.filter(\.isParameter) }
  /// The entries that are saved but never trained.
  public var buffers: [Entry] { entries.filter { !$0.isParameter } }
  /// The number of parameters, frozen ones included, without gaps.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }
  /// The number of parameters that are trained, without gaps.
  public var trainedParameterCount: Int {
    entries.filter(\.isTrained).reduce(0) { $0 + $1.shape.elementCount }
  }
  /// The number of elements of the flat tensors of all groups, including gaps.
  public var count: Int { groups.reduce(0) { $0 + $1.count } }
  /// The groups that are trained.
  public var trainedGroups: [Group] { groups.filter(\.isTrained) }

  /// The name of the variable that holds an entry: of its group's flat tensor for a parameter, of
  /// its own for a buffer.
  public func variableName(of entry: Entry) -> String {
    (entry.isParameter ? entry.group.named(Self.variableName) : entry.name).qualified(by: name)
  }

  /// The shapes of a group's parameters by name.
  func shapes(of group: Group) -> [String: Shape] {
    Dictionary(
      uniqueKeysWithValues: parameters.filter { $0.group == group.identity }
        .map { ($0.name, $0.shape) })
  }

  /// The entry of parameter `name`, and its offset in the flat tensor of its group.
  func parameter(_ name: String) -> (entry: Entry, offset: Int)? {
    guard let entry = self[name], case .parameter(let offset, _, _) = entry.role else { return nil }
    return (entry, offset)
  }
}

extension ParameterLayout {
  /// The initial values by name: parameters drawn from their initializers, buffers at their start.
  ///
  /// They depend only on the seed and on the order of parameters. Numbers are drawn in Float64 and
  /// rounded to the parameters' type.
  ///
  /// - Throws: `NNError` if an initializer cannot fill its shape or returns numbers that are not
  ///   finite.
  public func initialize(seed: UInt64) throws(NNError) -> [String: HostTensor] {
    Dictionary(uniqueKeysWithValues: try tensors(from: initialVariables(seed: seed)))
  }

  /// The same initial values as a session's variables: the flat tensors and the buffers.
  ///
  /// - Throws: `NNError` if an initializer cannot fill its shape or returns numbers that are not
  ///   finite.
  public func initialVariables(seed: UInt64) throws(NNError) -> [String: HostTensor] {
    var variables: [String: HostTensor] = [:]
    var flats = zeros()
    var stream: UInt32 = 0
    for entry in entries {
      switch entry.role {
      case .parameter(let offset, let initializer, let fan):
        guard var flat = flats.removeValue(forKey: entry.group) else { continue }
        defer { flats[entry.group] = flat }
        let generator = Philox.initial(seed: seed, stream: stream)
        let range = offset..<offset + entry.shape.elementCount
        switch dtype {
        case .float64:
          try flat.withMutableScalars(as: Double.self) { numbers throws(NNError) in
            let part = UnsafeMutableBufferPointer(rebasing: numbers[range])
            try initializer.fill(part, entry.shape, fan, generator)
            try entry.requireFinite(part, from: initializer)
          }
        default:
          try flat.withMutableScalars(as: Float.self) { numbers throws(NNError) in
            let part = UnsafeMutableBufferPointer(rebasing: numbers[range])
            try initializer.fill(part, entry.shape, fan, generator)
            try entry.requireFinite(part, from: initializer)
          }
        }
        stream += 1
      case .buffer(let initial):
        variables[variableName(of: entry)] = HostTensor(
          doubles: [Double](repeating: initial, count: entry.shape.elementCount),
          shape: entry.shape, dtype: entry.dtype)
      }
    }
    for group in groups { variables[group.variableName] = flats[group.identity] }
    return variables
  }

  /// A flat tensor of zeros for each group.
  private func zeros() -> [Group.Identity: HostTensor] {
    Dictionary(
      uniqueKeysWithValues: groups.map {
        ($0.identity, HostTensor(zeros: [$0.count], dtype: dtype))
      })
  }

  /// Converts tensors by name to a session's variables: the flat tensors and the buffers.
  ///
  /// Floating-point tensors are converted to the model's type, integers to their buffer's.
  ///
  /// - Throws: `NNError` that lists every missing or unexpected tensor and every wrong shape or
  ///   type.
  public func variables(
    from tensors: [String: HostTensor]
  ) throws(NNError) -> [String: HostTensor] {
    try check(tensors)
    var variables: [String: HostTensor] = [:]
    var flats = zeros()
    for entry in entries {
      guard let tensor = tensors[entry.name]?.converted(to: entry.dtype) else { continue }
      if case .parameter(let offset, _, _) = entry.role {
        flats[entry.group]?.withMutableBytes { target in
          tensor.withBytes { source in
            let part = target[(offset * dtype.byteCount)...].prefix(source.count)
            UnsafeMutableRawBufferPointer(rebasing: part).copyMemory(from: source)
          }
        }
      } else {
        variables[variableName(of: entry)] = tensor
      }
    }
    for group in groups { variables[group.variableName] = flats[group.identity] }
    return variables
  }

  /// Converts a session's variables to tensors by name, in the order of the entries.
  ///
  /// - Throws: `NNError` when a variable is missing.
  public func tensors(
    from variables: [String: HostTensor]
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var tensors: [(name: String, tensor: HostTensor)] = []
    for entry in entries {
      let name = variableName(of: entry)
      guard let variable = variables[name] else {
        throw .invalid("the variable `\(name)` is missing")
      }
      switch entry.role {
      case .parameter(let offset, _, _):
        tensors.append((entry.name, part(of: variable, at: offset, shape: entry.shape)))
      case .buffer: tensors.append((entry.name, variable))
      }
    }
    return tensors
  }

  /// The present weights and running statistics of a store by name, in the order of the entries.
  ///
  /// - Throws: `NNError` when a variable is missing.
  public func tensors(
    in store: VariableStore
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var variables: [String: HostTensor] = [:]
    for name in Set(entries.map(variableName)) { variables[name] = store[name] }
    return try tensors(from: variables)
  }

  /// Splits a flat tensor in the layout of a group's parameters (gradients, optimizer state) into
  /// tensors by name.
  ///
  /// - Parameter group: The group; the default group by default.
  public func parts(
    of flat: HostTensor, group: Group.Identity = .main
  ) -> [(name: String, tensor: HostTensor)] {
    entries.compactMap { entry in
      guard case .parameter(let offset, _, _) = entry.role, entry.group == group else { return nil }
      return (entry.name, part(of: flat, at: offset, shape: entry.shape))
    }
  }

  private func part(of flat: HostTensor, at offset: Int, shape: Shape) -> HostTensor {
    flat.rows(offset..<offset + shape.elementCount).reshaped(to: shape)
  }

  private func check(_ tensors: [String: HostTensor]) throws(NNError) {
    var problems: [String] = []
    for entry in entries {
      if let tensor = tensors[entry.name] {
        if tensor.shape != entry.shape {
          problems.append(
            "`\(entry.name)` has shape \(tensor.shape), the model needs \(entry.shape)")
        } else if tensor.dtype.isFloatingPoint != entry.dtype.isFloatingPoint {
          problems.append("`\(entry.name)` is \(tensor.dtype), the model needs \(entry.dtype)")
        }
      } else {
        problems.append("`\(entry.name)` \(entry.shape) is missing")
      }
    }
    let unexpected = tensors.keys.filter { positions[$0] == nil }.sorted()
    problems += unexpected.map { "the model has no `\($0)`" }
    guard problems.isEmpty else {
      throw .invalid(
        "the tensors do not match the model:\n  " + problems.joined(separator: "\n  "),
        hint: "names and shapes must be those of the same layers in the same order")
    }
  }
}

extension String {
  /// The name after that of a network: `critic.parameters`.
  func qualified(by network: String?) -> String { network.map { "\($0).\(self)" } ?? self }
}

extension ParameterLayout.Entry {
  /// - Throws: `NNError` that names the initializer if an initial value is not finite.
  fileprivate func requireFinite<Scalar: BinaryFloatingPoint>(
    _ numbers: UnsafeMutableBufferPointer<Scalar>, from initializer: Initializer
  ) throws(NNError) {
    guard let index = numbers.firstIndex(where: { !$0.isFinite }) else { return }
    throw .invalid(
      "the initializer \(initializer) returned \(numbers[index]) for `\(name)` \(shape), \(dtype)",
      hint: "\(dtype) holds numbers up to "
        + "\(dtype == .float64 ? "1.8e308" : "3.4e38, float64 up to 1.8e308"); choose smaller options"
    )
  }
}
