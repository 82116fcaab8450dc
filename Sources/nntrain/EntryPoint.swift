import NNKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
enum EntryPoint {
  /// Parses the arguments, runs the command and exits with its status.
  static func main() {
    openStandardStreams()
    Interruption.reportFileSizeLimit()
    BLAS.restartWhereMemoryIsLimited()
    exit(NNTrain.status(of: Array(ProgramArguments.words.dropFirst())))
  }

  /// Opens the null device for those of the descriptors 0 to 2 that are closed: otherwise the first
  /// opened file would get their number, and output would be written into it.
  private static func openStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // open returns the lowest free number. Without /dev, any folder reserves it.
      if open("/dev/null", O_RDWR) < 0 { _ = open("/", O_RDONLY) }
    }
  }
}
