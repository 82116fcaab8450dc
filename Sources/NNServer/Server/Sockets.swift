import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Non-blocking system calls for local connections.
enum Sockets {
  /// A failed system call, with its `errno`.
  struct Failure: Error { let code: Int32 }

  /// The result of reading or writing.
  enum Transfer {
    /// The number of bytes, at least one.
    case bytes(Int)
    /// Nothing now (`EAGAIN`).
    case later
    /// The peer has closed its end, or the connection is broken.
    case closed
  }

  /// The result of accepting a connection.
  enum Acceptance {
    case connection(Int32)
    case none
    /// No descriptor or memory is left.
    case exhausted
  }

  /// Listens on 127.0.0.1; returns the descriptor and the port.
  static func listener(port: Int) throws(Failure) -> (descriptor: Int32, port: Int) {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw Failure(code: errno) }
    prepare(descriptor)
    set(SOL_SOCKET, SO_REUSEADDR, 1, of: descriptor)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
        if bind(descriptor, address, length) != 0 { return -1 }
        if listen(descriptor, 512) != 0 { return -1 }
        return getsockname(descriptor, address, &length)
      }
    }
    guard status == 0 else {
      let failure = Failure(code: errno)
      close(descriptor)
      throw failure
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// The next connection of a listener.
  static func nextConnection(of listener: Int32) -> Acceptance {
    let descriptor = accept(listener, nil, nil)
    guard descriptor >= 0 else {
      return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none
    }
    prepare(descriptor)
    set(Int32(IPPROTO_TCP), TCP_NODELAY, 1, of: descriptor)
    // The default send buffer would hold some megabytes for each reader.
    set(SOL_SOCKET, SO_SNDBUF, 256 << 10, of: descriptor)
    #if canImport(Darwin)
      set(SOL_SOCKET, SO_NOSIGPIPE, 1, of: descriptor)
    #endif
    return .connection(descriptor)
  }

  /// Reads available bytes, at most the size of the buffer.
  static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) -> Transfer {
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    return count == 0 ? .closed : transfer(count)
  }

  /// Writes as many bytes as the socket accepts, from a start index on.
  static func transmit(_ bytes: [UInt8], from start: Int, to descriptor: Int32) -> Transfer {
    transfer(
      bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start, sendingFlags)
      })
  }

  /// Shuts down the output.
  static func endOutput(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes a descriptor.
  static func release(_ descriptor: Int32) { _ = close(descriptor) }

  /// A pipe: the descriptors for reading and for writing.
  static func makePipe() throws(NNError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw .failed("cannot open a pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { prepare(end) }
    return (ends[0], ends[1])
  }

  /// Writes a byte to a pipe.
  static func poke(_ descriptor: Int32) {
    var byte = UInt8(1)
    _ = write(descriptor, &byte, 1)
  }

  /// Discards the content of a pipe, up to the buffer's size.
  static func drain(_ descriptor: Int32) {
    var bytes: (UInt64, UInt64) = (0, 0)
    _ = read(descriptor, &bytes, MemoryLayout.size(ofValue: bytes))
  }

  /// The number of connections that leaves enough file descriptors for the rest of the process.
  static func affordable(_ connections: Int) -> Int {
    var limit = rlimit()
    #if canImport(Darwin) || canImport(Musl)
      let status = getrlimit(RLIMIT_NOFILE, &limit)
    #else
      let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #endif
    guard status == 0 else { return min(connections, 64) }
    return min(connections, max(1, Int(min(limit.rlim_cur, 1 << 20)) / 2))
  }

  private static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  private static func set(_ level: Int32, _ option: Int32, _ value: Int32, of descriptor: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func transfer(_ count: Int) -> Transfer {
    if count >= 0 { return count == 0 ? .later : .bytes(count) }
    return [EAGAIN, EWOULDBLOCK, EINTR].contains(errno) ? .later : .closed
  }

  #if canImport(Darwin)
    private static let sendingFlags: Int32 = 0
  #else
    private static let sendingFlags = Int32(MSG_NOSIGNAL)
  #endif
}
