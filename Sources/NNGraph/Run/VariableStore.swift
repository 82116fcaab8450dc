public import NNCore

/// The tensors that outlive runs: parameters, running statistics, optimizer state.
///
/// Not `Sendable`: it belongs to the task that trains. Sessions bound to one store share its
/// memory.
public final class VariableStore {
  private var entries: [String: (type: TensorType, storage: Storage)] = [:]
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
      entries[name].map { entry in
        HostTensor(shape: entry.type.shape, dtype: entry.type.dtype) { bytes in
          bytes.baseAddress?.copyMemory(from: entry.storage.address, byteCount: bytes.count)
        }
      }
    }
    set {
      version += 1
      guard let newValue else {
        entries[name] = nil
        return
      }
      let storage = address(of: name, TensorType(newValue.shape, newValue.dtype))
      newValue.withBytes { bytes in
        if let source = bytes.baseAddress {
          storage.address.copyMemory(from: source, byteCount: bytes.count)
        }
      }
    }
  }

  /// To be called by whoever writes to the variables' memory.
  func noteChange() { version += 1 }

  /// A variable's memory, made of zeros if it is new.
  func address(of name: String, _ type: TensorType) -> Storage {
    if let entry = entries[name], entry.type == type { return entry.storage }
    let storage = Storage(byteCount: type.byteCount)
    entries[name] = (type, storage)
    return storage
  }
}
