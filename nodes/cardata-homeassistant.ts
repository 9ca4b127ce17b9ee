import type { Account } from "../src/account/account.js";
import { carIdentity } from "../src/account/car-identity.js";
import { vinOf } from "../src/account/vehicle-id.js";
import { Announcer, type AnnouncerOptions } from "../src/homeassistant/announcer.js";
import { readIntake } from "../src/homeassistant/intake.js";
import { topicPart } from "../src/homeassistant/topics.js";
import { systemClock } from "../src/support/clock.js";
import { text } from "../src/support/json.js";
import { systemRandom } from "../src/support/random.js";
import { useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { homeAssistantStatus } from "./lib/homeassistant-status.js";
import { onInput } from "./lib/input.js";
import { listen, onceStarted } from "./lib/listen.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { StatusLine } from "./lib/status-line.js";

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-homeassistant", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { announced, settings } = account;
  const key = node._alias ?? node.id;
  const status = new StatusLine(node);
  const options = optionsOf(properties, settings.topicBase);
  let isShared = false;
  const showStatus = () => {
    const wasShared = isShared;
    isShared = announced.share(
      key,
      announcer.vins.map((vin) => `${options.prefix}/${vin}`),
    );
    if (isShared && !wasShared) node.warn(RED._("cardata-homeassistant.shared"));
    status.set(homeAssistantStatus(RED, announcer.summary, isShared));
  };
  const announcer = new Announcer(options, {
    clock: systemClock,
    random: systemRandom,
    carOf: (vin) => carIdentity(account, vin),
    saved: () => announced.of(key),
    save: (state) => {
      announced.keep(key, state);
    },
    send: (messages) => {
      // One by one, because of messages sent together Node-RED copies all but the first.
      for (const message of messages) node.send(message);
    },
    onChange: showStatus,
  });
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    announcer.start();
    const isConnected = CONNECTED[account.status.stream.state];
    if (isConnected !== null) announcer.stream(isConnected);
  };

  const use = useAccount(owner, node);
  const stopListening = listen(account.events, {
    update: ({ vin }) => {
      announcer.look(vin);
    },
    event: ({ name }) => {
      if (name === "connected" || name === "disconnected") announcer.stream(name === "connected");
    },
  });
  const stopWaiting = onceStarted(RED, owner.ready, begin);
  showStatus();

  onInput(RED, node, async (message) => {
    // A message may come at the very start, before the saved values are read.
    await owner.ready;
    begin();
    const reason = announcer.take(readIntake(message, (name) => vinOf(settings.vehicles, name)));
    if (reason !== null) node.debug(reason);
  });
  node.on("close", function (removed, done) {
    stopListening();
    stopWaiting();
    announcer.close();
    announced.leave(key);
    status.close();
    use.release(removed);
    done();
  });
}

/** What the state of the stream means for who asks at the start; `null`: it is not settled yet. */
const CONNECTED: Readonly<Record<Account["status"]["stream"]["state"], boolean | null>> = {
  live: true,
  quiet: true,
  connecting: null,
  waiting: null,
  off: false,
  "no-right": false,
};

/** Every property may be missing in flows of older versions. */
function optionsOf(properties: NodeProperties, topicBase: string): AnnouncerOptions {
  const { discoveryPrefix, stateBase, mode, attributes, availability, buttons } = properties;
  return {
    mode: mode === "entities" ? "entities" : "device",
    prefix: topicPart(text(discoveryPrefix) ?? "", "homeassistant"),
    base: topicPart(text(stateBase) ?? "", topicPart(topicBase, "cardata")),
    attributes: attributes !== false,
    availability: availability === true,
    buttons: buttons === true,
  };
}
