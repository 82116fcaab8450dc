import NIOCore

/// Waits a second where the system has no descriptor left for a connection, instead of asking again
/// and again.
final class AcceptancePause: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private var isWaiting = false

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isWaiting else { return }
    isWaiting = true
    let options = context.channel.syncOptions
    try? options?.setOption(.autoRead, value: false)
    let bound = NIOLoopBound((self, options), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .seconds(1)) {
      let (pause, options) = bound.value
      pause.isWaiting = false
      try? options?.setOption(.autoRead, value: true)
    }
  }
}
