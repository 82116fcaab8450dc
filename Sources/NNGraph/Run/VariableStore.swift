public import NNCore

/// The tensors that outlive runs: parameters, running statistics, optimizer state.
///
/// Not `Sendable`: it belongs to the task that trains. Sessions bound to one store share its
/// memory.
public final class VariableStore {
  /// A variable's contents.
  private enum Entry {
    /// Given and not yet bound: whoever gave it may still hold it, too.
    case tensor(HostTensor)
    /// Memory that sessions read and write.
    case bound(TensorType, Storage)

    /// The memory of a tensor of this type; nil for others.
    consuming func takeStorage(as type: TensorType) -> Storage? {
      switch consume self {
      case .tensor(let tensor):
        TensorType(tensor.shape, tensor.dtype) == type ? tensor.takeStorage() : nil
      case .bound: nil
      }
    }
  }

  private var entries: [String: Entry] = [:]
  /// Counts the occasions on which contents may have changed, so that sessions know when results
  /// that depend on variables alone are out of date.
  private(set) var version = 0

  /// Creates an empty store.
  public init() {}

  /// The names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// A variable's contents, copied out, or in; writing keeps its address when the type stays.
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
        entries[name] = nil
        return
      }
      guard case .bound(TensorType(newValue.shape, newValue.dtype), let storage) = entries[name]
      else {
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

  /// Whether a variable is there.
  package func holds(_ name: String) -> Bool { entries[name] != nil }

  /// To be called by whoever writes to the variables' memory.
  func noteChange() { version += 1 }

  /// A variable's memory, made of zeros if it is new.
  func address(of name: String, _ type: TensorType) -> Storage {
    if case .bound(type, let storage) = entries[name] { return storage }
    // Out of the table first: memory that two hold would have to be copied.
    let storage =
      entries.removeValue(forKey: name)?.takeStorage(as: type)
      ?? Storage(byteCount: type.byteCount)
    entries[name] = .bound(type, storage)
    return storage
  }
}
