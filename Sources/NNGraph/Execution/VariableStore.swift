public import NNCore

/// The tensors that outlive runs: parameters, running statistics, optimizer state.
///
/// Not `Sendable`: it belongs to the task that trains. Sessions bound to one store share its
/// memory.
public final class VariableStore {
  private enum Entry {
    /// Assigned and not yet bound; the caller may still share its storage.
    case tensor(HostTensor)
    /// Memory that sessions read and write.
    case bound(TensorType, Storage)

    /// Takes the storage if the entry is a tensor of this type; else nil.
    consuming func takeStorage(as type: TensorType) -> Storage? {
      switch consume self {
      case .tensor(let tensor):
        TensorType(tensor.shape, tensor.dtype) == type ? tensor.takeStorage() : nil
      case .bound: nil
      }
    }
  }

  private var entries: [String: Entry] = [:]
  /// Increases whenever contents may have changed, so that sessions know when results that depend
  /// only on variables are out of date.
  private(set) var version = 0
  /// Increases when a variable that sessions are bound to is removed or replaced by another type.
  private(set) var replacements = 0

  /// Creates an empty store.
  public init() {}

  /// The names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// A copy of a variable's contents. Assigning a tensor of the same type keeps the variable's
  /// address.
  public subscript(name: String) -> HostTensor? {
    get {
      switch entries[name] {
      case nil: nil
      case .tensor(let tensor): tensor
      case .bound(let type, let storage):
        HostTensor(shape: type.shape, dtype: type.dtype) { bytes in
          bytes.baseAddress?.copyMemory(from: storage.address, byteCount: bytes.count)
        }
      }
    }
    set {
      version += 1
      guard let newValue else {
        if case .bound = entries[name] { replacements += 1 }
        entries[name] = nil
        return
      }
      guard case .bound(TensorType(newValue.shape, newValue.dtype), let storage) = entries[name]
      else {
        if case .bound = entries[name] { replacements += 1 }
        entries[name] = .tensor(newValue)
        return
      }
      newValue.withBytes { bytes in
        if let source = bytes.baseAddress {
          storage.address.copyMemory(from: source, byteCount: bytes.count)
        }
      }
    }
  }

  /// Assigns a tensor to each variable of these names.
  ///
  /// ```swift
  /// variables.merge(try layout.initialVariables(seed: 1))
  /// ```
  public func merge(_ tensors: [String: HostTensor]) {
    for (name, tensor) in tensors { self[name] = tensor }
  }

  /// Whether the store has a variable of this name.
  package func holds(_ name: String) -> Bool { entries[name] != nil }

  /// The type of a variable; nil if the store does not have it.
  func type(of name: String) -> TensorType? {
    switch entries[name] {
    case nil: nil
    case .tensor(let tensor): TensorType(tensor.shape, tensor.dtype)
    case .bound(let type, _): type
    }
  }

  /// Whether a variable's memory is this.
  func holds(_ name: String, at storage: Storage) -> Bool {
    if case .bound(_, let own) = entries[name] { own === storage } else { false }
  }

  /// Must be called after the variables' memory has been written.
  func noteChange() { version += 1 }

  /// Returns a variable's memory; a new variable is filled with zeros.
  func address(of name: String, _ type: TensorType) -> Storage {
    if case .bound(type, let storage) = entries[name] { return storage }
    // Removed from the table first: storage with two owners would have to be copied.
    let storage =
      entries.removeValue(forKey: name)?.takeStorage(as: type)
      ?? Storage(byteCount: type.byteCount)
    entries[name] = .bound(type, storage)
    return storage
  }
}
