import { codes, ELSEWHERE, type ErrorEntry } from "./error-traits.js";

/**
 * Holds every failure that can reach a person, by code. This is the one English source of the texts: the build copies
 * them into the en-US message catalogue under `errors`; the other languages hold the same keys.
 */
export const ERROR_TABLE = {
  // What the user typed
  ...codes({ action: "none", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    invalid_client_id:
      "The client ID is not complete. It has the form 12345678-1234-1234-1234-123456789abc. Copy it again from the CarData page of the BMW portal.",
    client_id_missing: "No client ID. Create a CarData client in the BMW portal and paste its client ID here.",
    invalid_endpoint:
      "The address __url__ cannot be used. Use https (mqtts for the stream); plain http or mqtt is accepted for this machine only.",
    ca_file_unreadable: "The CA file cannot be read: __reason__. Check the path and its rights.",
    broker_host_missing: "No broker host. Enter the name or address of the MQTT broker that your bridge publishes to.",
    broker_port_invalid: "The broker port must be a whole number from 1 to 65535.",
  }),
  // Login (device flow)
  ...codes({ action: "login", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    login_timeout: "The code ran out before the login was confirmed. Use the new code.",
    login_expired_token: "The code expired. Use the new code and confirm it within a few minutes.",
    login_invalid_client:
      "BMW does not know this client ID, or its account is not active yet. Copy it again exactly as the portal shows it, or create a new client and wait two minutes.",
    login_access_denied:
      "BMW says the login was declined. Either it was declined on BMW's page, or BMW's login service has a problem: this also happens when BMW's page said it worked. Use the new code; if it happens again, try a private browser window, wait a day, or create a new client in the portal.",
    login_invalid_grant:
      "BMW did not accept the approval. Log out of the BMW portal or use a private browser window, wait a few minutes, then use the new code.",
    login_gateway_fault: "BMW's login server failed and the code was lost. It was not your fault: use the new code.",
    login_rejected:
      "BMW rejected the login request as malformed (__reason__). Try a new code; if it stays, report this.",
    login_invalid_response: "BMW's login server sent an answer that cannot be read. Try again later.",
    login_unexpected: "BMW's login server answered with status __status__: __reason__. Try again later.",
    login_incomplete:
      "BMW sent a login without __missing__. Check in the portal that the client is subscribed to CarData API and CarData Stream, wait two minutes, then log in again.",
    login_cancelled: "The login was cancelled.",
    login_not_saved:
      "You are logged in, but the login could not be saved (__reason__). It works until Node-RED restarts. Check the rights and the free space of the Node-RED user folder.",
    login_superseded:
      "This login was given up: you have logged out, or in once more, while it was being saved. Log in again if you need to.",
    login_without_rights:
      "BMW gave this login neither the right to CarData API nor to CarData Stream, so it would be of no use. In the BMW portal subscribe the client to both, wait two minutes, then log in again.",
    login_session_unknown: "This login is no longer running. Start a new one.",
    login_busy: "Too many logins are running at once. Wait a minute and try again.",
  }),
  ...codes({ action: "login", retry: "later", scope: "account", outcome: "answered", isTrouble: true })({
    login_server_errors: "BMW's login server failed __count__ times in a row. Use the new code, or try again later.",
    login_network: "BMW's login server cannot be reached (__reason__). Check the internet connection and try again.",
  }),
  ...codes({ action: "none", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    customer_changed:
      "Another BMW customer than before has logged in to this account. Cars, learned data and quota of the former one were set aside in the folder of the account and are not shown any more. If that was a mistake, log in again as the former customer: then all of it comes back.",
    customer_renamed:
      "BMW has renewed the login under another customer id than before. Cars and learned data are kept, because the login is the same. If these are not your cars, log out and log in again.",
  }),
  // Tokens
  ...codes({ action: "login", retry: "no", scope: "account", outcome: "held", isTrouble: true })({
    not_logged_in: "Not logged in to BMW. Open the CarData account and log in.",
    refresh_rejected:
      "The saved login is no longer valid: a backup was restored, it is used elsewhere, or access was withdrawn in the BMW portal. Open the CarData account and log in again. BMW is asked again every few hours all the same, in case it was BMW's mistake.",
    refresh_token_too_old:
      "BMW no longer accepts the saved login: it was not used for more than 14 days. Open the CarData account and log in again.",
  }),
  ...codes({ action: "retry", retry: "later", scope: "account", outcome: "held", isTrouble: true })({
    refresh_unreachable:
      "BMW's login server cannot be reached (__reason__). It is tried again by itself; the login stays valid.",
    refresh_refused:
      "BMW refuses to renew the login at the moment (__reason__). Mostly that passes: BMW is asked again by itself, within a minute and then more rarely. Nothing needs to be done yet.",
  }),
  ...codes({ action: "login", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    vault_key_missing:
      "The saved login cannot be opened because its key is missing, or is another one: mostly Node-RED's credentialSecret is wrong or missing, else the flow was imported or its credentials were lost. The login is left as it is: put the secret back and restart Node-RED, and it works again. If the key is gone for good: Log in again. The old file is kept.",
    vault_unreadable: "The saved login is damaged. Log in again. The old file was kept.",
  }),
  ...codes({ action: "none", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    store_read_only:
      "Files cannot be written to the Node-RED user folder (__reason__). Everything works until Node-RED restarts, and it is tried again by itself; what is not written by then is lost, and a new login may be needed. Check the rights and the free space of that folder.",
    store_missing:
      "Node-RED has no user folder, so nothing is kept: everything works until Node-RED restarts, then a new login is needed.",
    store_unreadable:
      "A file of the account cannot be read (__reason__): __path__. It is left as it is and read as soon as that is possible; what comes meanwhile is kept in memory only. Check the disk and the Node-RED user folder.",
    store_no_right:
      "Node-RED has no right to read a file of the account (__reason__): __path__. Mostly it belongs to root because Node-RED was started with sudo once. Give the Node-RED user folder back to the user that Node-RED runs as (sudo chown -R user: folder). It is left as it is and read as soon as that is possible; a new login is not needed.",
    store_newer:
      "A file of the account was written by a newer version of this package: __path__. It is left as it is, and what comes meanwhile is kept in memory only. Update @cardata/node-red-contrib-cardata, or move the file away to begin anew.",
    folder_in_use:
      "Another Node-RED (process __pid__ on __host__) works with the same user folder and account. BMW's login can be used once only, so this one waits, and takes over within half a minute when the other one is gone. Stop one of them, or give each a user folder and a login of its own.",
    folder_maybe_in_use:
      "Another Node-RED (process __pid__ on __host__) has left its mark in the folder of this account, and nothing can be written there (__reason__) to find out whether it still works or to take its place. BMW's login can be used once only, so this one waits. Give the Node-RED user folder the right to write and free space: then it goes on by itself. If the other one runs, give each a user folder and a login of its own.",
    folder_twice:
      "Two folders hold files of this account, mostly because an older version of this package ran in between. The one with the newer login is used; the other is kept as __aside__. If nothing is missing, delete that one.",
    client_in_use:
      "This BMW client ID is already used by the account __other__. One login can be used once only: choose that account in your nodes and delete this one, or delete that one and deploy, then this one takes over by itself.",
    account_twice:
      "This account lies in a subflow that is used more than once, so it would exist several times. Move it out of the subflow: delete it there and choose a global account in the nodes of the subflow.",
    alias_in_use:
      "The alias __alias__ is taken by the account __other__. Topics are made of it, so it can stand for one car only: here the car is called by its VIN. Choose another alias in one of the two accounts, under Cars.",
    gcid_in_use:
      "The account __other__ uses the same BMW login. BMW allows one stream per login: choose that account in your nodes and delete this one, or delete that one and deploy, then this one takes over by itself.",
  }),
  // Stream
  ...codes({ action: "subscribe", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    scope_api_missing:
      "This login has no right to CarData API. In the BMW portal subscribe the client to CarData API, wait a minute, then log in again.",
    scope_stream_missing:
      "This login has no right to the stream. In the BMW portal subscribe the client to CarData Stream, wait a minute, then log in again.",
  }),
  ...codes({ action: "none", retry: "later", ...ELSEWHERE })({
    stream_unauthorised:
      "BMW's stream refuses the login although it was renewed. Either another program uses the stream of this BMW account, or the client is not subscribed to CarData Stream. It is tried again by itself.",
    stream_subscription_refused:
      "BMW accepted the connection but refused to send data. Configure the data stream in the BMW portal (tick data points for each car). It is tried again by itself.",
    stream_second_client:
      "The stream is cut again and again right after it starts: another program uses it with the same BMW account (Home Assistant, ioBroker, evcc, a bridge or a second Node-RED). BMW allows one. Switch the other one off, or let it publish to an MQTT broker and use that as source.",
    stream_protocol: "The broker refused the connection as wrong (code __rc__). Check the address and port.",
    stream_unavailable: "The stream server is not available at the moment. It is tried again by itself.",
    stream_timeout: "The stream server did not answer in time. It is tried again by itself.",
    stream_network:
      "The stream server cannot be reached (__reason__). Check the internet connection; with your own broker, that it runs and that host and port are right. It is tried again by itself.",
    stream_closed: "The stream was cut. It is connected again by itself.",
    stream_tls:
      "The stream server's certificate was not accepted (__reason__). Check the address, the clock of this machine and the CA file.",
    broker_unauthorised:
      "The MQTT broker refuses user name or password. Correct them in the CarData account. It is tried again by itself.",
    broker_prefix_silent:
      "Nothing has come from the MQTT broker under __prefix__, while cars are heard under “__other__”. Correct the topic prefix in the CarData account.",
    owner_disconnected:
      "The Node-RED that owns the login has no stream from BMW, so that nothing new comes here. __reason__",
    owner_offline:
      "The Node-RED that owns the login is not connected to the broker, so that nothing new comes here. It goes on by itself when that is back.",
    owner_needs_login:
      "The Node-RED that owns the login needs a new one, so that nothing new comes here: log in there. __reason__",
    broker_subscription_refused:
      "The MQTT broker does not allow reading __topic__. Check the rights of the broker user and the prefix.",
    broker_second_client:
      "The MQTT broker cuts the connection again and again right after it starts. Most likely another program connects with the same client id, such as a copy of this Node-RED; or the broker closes connections that read what they may not.",
    broker_silent:
      "Connected to the MQTT broker, but nothing has come under __topic__ yet, not even something that the broker keeps. Check the prefix, whether the bridge publishes there, and whether the broker user may read it: many brokers do not say when it may not.",
  }),
  ...codes({ action: "none", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    too_many_vehicles:
      "This account has heard of more than __most__ cars: no further one is taken. If you have fewer, something else publishes below the topic prefix; set a longer prefix, or mark cars as “ignore” in the account.",
  }),
  // REST (BMW's codes)
  ...codes({ action: "login", retry: "renew-token", scope: "account", outcome: "answered", isTrouble: true })({
    cu_100: "BMW got no login with the request. Log in again.",
    cu_101: "BMW rejected the login. Log in again.",
    rest_unauthorised: "BMW rejected the login. Log in again.",
  }),
  ...codes({ action: "retry", retry: "renew-token", scope: "account", outcome: "answered", isTrouble: true })({
    cu_102: "BMW says that the login has expired. It is renewed by itself.",
  }),
  ...codes({ action: "subscribe", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    cu_103:
      "This login has no CarData API permission. In the BMW portal subscribe the client to CarData API, wait a minute, then log in again.",
    rest_forbidden:
      "BMW refused access (403). If it stays, check in the portal that the client is subscribed to CarData API.",
  }),
  ...codes({ action: "choose-vehicle", retry: "no", scope: "car", outcome: "answered", isTrouble: false })({
    cu_104: "You are not the main user of the car __vin__, or it cannot send data. It is not asked again for a week.",
    car_secondary:
      "This BMW account has the car __vin__ as a second user only, and BMW's API answers to the main user alone. Log in as the main user; if that has changed, press Discover in the CarData account.",
  }),
  ...codes({ action: "retry", retry: "later", scope: "account", outcome: "answered", isTrouble: true })({
    cu_105:
      "BMW no longer knows the data container of this account. A new one is made by itself; if this stays, use the operation Containers with the action Reset.",
    cu_121:
      "BMW did not accept the id of the data container. A new one is made by itself; if this stays, use the operation Containers with the action Reset.",
    cu_125: "BMW let the list run out before it was read to its end. Ask again.",
    cu_503: "BMW's service is down at the moment. Try again later.",
  }),
  ...codes({ action: "change-input", retry: "no", scope: "car", outcome: "answered", isTrouble: true })({
    cu_120: "BMW did not accept the vehicle identification number. It has 17 characters, in capitals.",
    cu_401:
      "BMW did not accept a value in the request, such as the date range. Ask for a shorter one, of at most 45 days.",
  }),
  ...codes({ action: "delete-container", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    cu_124:
      "Your BMW account already has 10 data containers, the most that BMW allows: __list__. Delete one of them: operation Containers, action Delete, with its id.",
  }),
  ...codes({ action: "none", retry: "no", scope: "car", outcome: "answered", isTrouble: false })({
    cu_126: "BMW has no picture of the car __vin__.",
    cu_127: "BMW has no charging locations stored for the car __vin__.",
  }),
  ...codes({ action: "report", retry: "no", scope: "car", outcome: "answered", isTrouble: true })({
    cu_400: "BMW did not understand the request. Please report this.",
  }),
  ...codes({ action: "change-input", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    cu_402:
      "BMW does not know some of the data points, not even of a smaller set. Choose fewer data points in the node.",
    vin_invalid: "This is no vehicle identification number: it has 17 characters, without I, O and Q.",
    container_action_unknown: "This action with data containers is not known. There are: __known__.",
    pages_invalid: "The number of pages must be a whole number from 1 to 10.",
    unknown_operation: "The operation __operation__ is not known. There are: __known__.",
    rest_needs_login:
      "This account reads an MQTT broker and asks nothing of BMW. Ask in the Node-RED that owns the login; its answers come here by the broker. Or choose an account with BMW as source.",
  }),
  ...codes({ action: "subscribe", retry: "later", scope: "account", outcome: "answered", isTrouble: true })({
    cu_403:
      "BMW refused to make the data container. Check in the portal that the client is subscribed to CarData API and to CarData Stream, that you are the main user of a car, and that there are fewer than 10 containers. It is tried again tomorrow.",
  }),
  ...codes({ action: "wait", retry: "later", scope: "account", outcome: "held", isTrouble: true })({
    cu_429: "The daily limit of 50 BMW requests is used up. It continues at __time__. Live data is not affected.",
    cu_429_other_client:
      "BMW says that the daily limit of 50 requests is used up, but this account sent only __used__: another program uses the same BMW account (Home Assistant, ioBroker, evcc or a second Node-RED). It continues at __time__. Live data is not affected.",
  }),
  ...codes({ action: "wait", retry: "later", scope: "asker", outcome: "held", isTrouble: false })({
    quota_share_used:
      "Today's share of the 50 BMW requests for automatic calls is used up. It continues at __time__; a request of your own still goes out.",
  }),
  ...codes({ action: "retry", retry: "later", scope: "car", outcome: "answered", isTrouble: true })({
    cu_500: "BMW had an internal error. Try again later.",
    rest_unexpected: "BMW answered with status __status__. Try again later.",
    image_unusable: "BMW sent something else than a picture of the car __vin__. Nothing was changed. Try again later.",
  }),
  ...codes({ action: "report", retry: "no", scope: "account", outcome: "answered", isTrouble: true })({
    rest_redirect:
      "BMW's server answered with a redirect, which is not followed because it could carry the login elsewhere.",
  }),
  ...codes({ action: "report", retry: "no", scope: "car", outcome: "unclear", isTrouble: true })({
    rest_too_large: "BMW's answer is larger than allowed and was dropped.",
  }),
  ...codes({ action: "retry", retry: "later", scope: "car", outcome: "unclear", isTrouble: true })({
    rest_invalid_response: "BMW sent an answer that cannot be read. Nothing was changed. Try again later.",
  }),
  ...codes({ action: "retry", retry: "repeat", scope: "account", outcome: "unclear", isTrouble: true })({
    rest_network: "BMW cannot be reached (__reason__). Check the internet connection and try again.",
  }),
  ...codes({ action: "none", retry: "no", scope: "account", outcome: "abandoned", isTrouble: false })({
    rest_aborted: "The request was stopped because the account was closed or another login took its place.",
  }),
  ...codes({ action: "choose-vehicle", retry: "no", ...ELSEWHERE })({
    vehicle_unknown:
      "The car __vin__ does not belong to this account. Use the button Discover of the CarData account, or correct the VIN.",
    no_readable_car:
      "None of the cars of this account can be read over BMW's API. Use the button Discover of the CarData account; only cars of which you are the main user can be read.",
  }),
  ...codes({ action: "wait", retry: "later", scope: "account", outcome: "answered", isTrouble: true })({
    containers_limit:
      "Several data containers were made already within a short time (__count__). To protect your quota no more is made before __time__.",
  }),
  ...codes({ action: "none", retry: "later", scope: "account", outcome: "answered", isTrouble: true })({
    container_reduced:
      "BMW does not accept __count__ of the chosen data points (__missing__). The others are fetched; it is tried again in a week.",
  }),
  ...codes({ action: "change-input", retry: "no", ...ELSEWHERE })({
    container_id_invalid:
      "This is no id of a data container: it has 13 letters and digits. The action List shows the ids.",
    confirm_needed: "Deleting data containers cannot be undone. Send the message with msg.confirm set to true.",
    date_range_invalid:
      "The date range cannot be used. Give from and to as dates such as 2026-03-02; from lies before to, and both are not in the future.",
    date_range_too_long:
      "The date range has __days__ days, and BMW refuses more than 45 at once, so it was not asked. Ask for 45 days or fewer at a time. A message with msg.force set to true asks all the same.",
  }),
  // Traccar
  ...codes({ action: "change-input", retry: "no", ...ELSEWHERE })({
    traccar_url_invalid:
      "The address of the Traccar server cannot be used. Enter it as you open Traccar in the browser, such as http://192.168.1.10:8082, without user name and password.",
    traccar_token_missing:
      "No token for the Traccar server. Make one in Traccar (Settings, Preferences, Token) and paste it here.",
  }),
  ...codes({ action: "change-input", retry: "later", ...ELSEWHERE })({
    traccar_unauthorised:
      "The Traccar server refuses the token: it is mistyped, has expired or was withdrawn. Make a new one in Traccar (Settings, Preferences, Token).",
    traccar_invalid_response:
      "What answers at the address of the Traccar server does not answer as Traccar does (__reason__). Check address and port; behind a reverse proxy, check its rules.",
    traccar_device_unknown:
      "The Traccar server shows no device __device__ to this token. Choose one of its names or identifiers: __known__.",
    traccar_token_ending:
      "The token for the Traccar server is good until __time__ only. Make a new one in Traccar (Settings, Preferences, Token) with a distant expiry date, and paste it into the cardata traccar node.",
  }),
  ...codes({ action: "retry", retry: "later", ...ELSEWHERE })({
    traccar_unreachable:
      "The Traccar server cannot be reached (__reason__). Check that it runs and that its address is right. It is tried again by itself.",
  }),
  ...codes({ action: "none", retry: "no", ...ELSEWHERE })({
    traccar_speed_missing:
      "The tracker __device__ of the car __vin__ sends no speed: Traccar shows 0. The way between two looks is taken instead, so you need not do anything.",
    traccar_speed_in_ms:
      "The tracker __device__ of the car __vin__ shows half of its speed: it sends m/s where Traccar expects knots. The way between two looks is taken instead; to see the right speed in Traccar too, set the app to knots.",
    traccar_speed_in_kmh:
      "The tracker __device__ of the car __vin__ shows nearly twice its speed: it sends km/h where Traccar expects knots. The way between two looks is taken instead; to see the right speed in Traccar too, set the app to knots.",
  }),
  // Journal
  ...codes({ action: "change-input", retry: "no", ...ELSEWHERE })({
    place_invalid:
      "The places of the journal cannot be used: look at __place__. Each one has a name of its own, a latitude and a longitude in degrees, and, if you like, a radius from 1 to 50000 m and a purpose: private, business or commute.",
    tariff_invalid:
      "The tariffs of the journal cannot be used: look at the one of the place __place__. Each has a place of its own (one may be without, for everywhere else), a price per kWh or the word message, and, if you like, windows with from and to at a quarter of an hour such as 22:00, days such as mon, and a price.",
    price_invalid:
      "__price__ is no price of a kWh, so it was left out. Send a number such as 0.31, below 0 where the grid pays; in a list each has a time in from as well.",
    solar_invalid:
      "What the sun gives cannot be used and was left out. Send either kw, a power from 0 to 1000 kW, or share, from 0 to 1.",
    entry_unknown:
      "The journal has no trip and no charge with the id __id__, so nothing was changed. The answers to the commands trips and charges tell the ids.",
    entry_id_missing: "It is not clear which entry is meant. Put its id into msg.id, as the journal has told it.",
    purpose_invalid:
      "This is no purpose of a trip, so nothing was changed. There are: __known__, and null to take it back; a charge has none.",
    note_invalid:
      "The note cannot be used, so nothing was changed. Put a text of at most __most__ characters into msg.note, or null to take it back.",
    tag_missing: "The message does not say what to correct: put it into msg.purpose, into msg.note, or into both.",
    delete_unclear:
      "It is not clear what to delete, so nothing was. Put the id of an entry into msg.id; or set msg.all to true and msg.vin to a car to delete its whole journal, which cannot be undone.",
    journal_option_invalid: "msg.__option__ cannot be used. It is one of: __known__.",
    journal_vehicle_missing:
      "The journal has several cars, and the message does not say which one it is about. Set msg.vin, or choose a car in the node.",
    journal_vehicle_unknown:
      "The car __vin__ has no journal in this node. Correct msg.vin or the car in the node; a new car has one as soon as it has sent something.",
    journal_no_vehicle:
      "No car is known yet, so there is no journal yet. It begins as soon as a car has sent something.",
    command_missing: "The message has no command, so nothing was done. This node knows: __known__.",
    export_too_large:
      "The export would be too large for one message, so there is none. Export a shorter time: set from and to, for example to one year.",
    import_too_large:
      "The import is too large for one message, so nothing was imported. Export a shorter time at a time, for example one year, and import these files one after the other.",
    import_unreadable:
      "Nothing of the import can be read, so nothing was imported: it is no JSON. Send the content of a file that the command export made with the format json, as it is.",
    import_foreign:
      "The import is no export of this journal, so nothing was imported. Only files that the command export made with the format json can be imported, not CSV, GPX or files of other programs.",
    import_newer:
      "The import was made by a newer version of the CarData nodes (its form is version __version__), so nothing was imported. Update the nodes, then import it again.",
  }),
  ...codes({ action: "retry", retry: "later", ...ELSEWHERE })({
    journal_files:
      "The files of the journal cannot be used (__reason__). What the cars do meanwhile is kept in memory and written as soon as that is possible. Check the free space and the rights of the Node-RED user folder.",
  }),
  // State of charge
  ...codes({ action: "change-input", retry: "no", ...ELSEWHERE })({
    soc_reset_unknown:
      "It is not clear what to forget, so nothing was. msg.payload of a reset is one of: __known__; without msg.payload all is forgotten.",
    meter_value_invalid:
      "The meter reading cannot be used and was left out. Send a number of at most 400 kW in msg.payload, below 0 where the car gives power, and check the unit that is set in the node.",
    meter_aux_invalid:
      "The load beside the battery cannot be used, so the meter reading was left out. Send a number from 0 to 20 kW in msg.auxKw, or none.",
    capacity_invalid:
      "The capacity cannot be used; the present one stays. Send a number from 1 to 300 kWh in msg.payload, or 0 to go back to what the car says.",
    speed_invalid:
      "The speed cannot be used and was left out. Send a number from 0 to 400 km/h in msg.payload, or null when it is not known.",
    soc_vehicle_missing:
      "Several cars are estimated, and the message does not say which one it is about. Set msg.vin, or choose a car in the node.",
    soc_vehicle_unknown:
      "The car __vin__ is not estimated by this node, so the message was left out. Correct msg.vin or the car in the node; a new car is estimated as soon as its first battery level has come.",
  }),
  ...codes({ action: "none", retry: "no", ...ELSEWHERE })({
    soc_no_vehicle:
      "No car has an estimate yet, so the message was left out. It begins when the first battery level of a car has come.",
  }),
  // Values
  ...codes({ action: "none", retry: "later", ...ELSEWHERE })({
    odometer_refused:
      "The odometer of the car __vin__ says __told__ again and again, which cannot follow __known__ __unit__; the last value stays. It is believed as soon as two readings agree. Compare with the car: if the odometer was replaced, nothing is to be done.",
  }),
  // Home Assistant
  ...codes({ action: "change-input", retry: "no", ...ELSEWHERE })({
    ha_message_invalid:
      "The message looks like one of the CarData nodes, but msg.__member__ is missing or cannot be right, so nothing was published. Wire the CarData nodes to this node, or leave their messages as they are.",
  }),
  ...codes({ action: "none", retry: "no", ...ELSEWHERE })({
    ha_message_too_large:
      "A message of __size__ bytes was left out, because this node sends __limit__ at most in one message: __topic__. A broker cuts the connection at a message that is too large for it. If yours takes so much, raise the Size limit in the node; the topic can be a picture, which then stays as it was.",
    ha_connection_cut:
      "The connection to the broker was cut right after a message of __size__ bytes: __topic__. It may be too large for the broker, so it is sent once more, alone and later. If the connection does not come back, leave QoS empty in the mqtt out node, set the Size limit below that size in cardata homeassistant, and deploy all.",
    ha_device_cut:
      "The connection to the broker was cut right after the message that announces a whole car (__size__ bytes): __topic__. Some brokers take very small messages only (Moquette 8 kB). Choose “one message for each entity” under Announce in cardata homeassistant and deploy: for Home Assistant that is the same. The message is sent once more, alone and later.",
    ha_message_refused:
      "The broker cuts the connection each time it gets a message of __size__ bytes, so it is left out until the next deploy, as is everything that is as large: __topic__. Set the Size limit in the node to what the broker takes, or let the broker take more (Mosquitto: max_packet_size).",
    ha_device_too_large:
      "What the car has takes __size__ bytes, too many for one message to the broker: __topic__. So there is one message for each entity, which is the same for Home Assistant.",
  }),
  // Recordings
  ...codes({ action: "none", retry: "later", ...ELSEWHERE })({
    recording_failed:
      "What arrives cannot be recorded (__reason__). Check the rights and the free space of the Node-RED user folder. It is tried again by itself.",
    recording_full: "Today's recording has reached its largest size; it goes on tomorrow.",
  }),
  // Nodes and commands
  ...codes({ action: "change-input", retry: "no", ...ELSEWHERE })({
    no_account: "No CarData account is chosen, or it is disabled. Open the node and choose one.",
    not_deployed: "This account is not deployed yet. Deploy first.",
    unknown_command: "The command __command__ is not known. This node knows: __known__.",
    bad_request: "The request is not valid.",
  }),
  ...codes({ action: "retry", retry: "no", scope: "asker", outcome: "abandoned", isTrouble: false })({
    node_closed:
      "The node was closed by a deploy, or by the end of Node-RED, before it was done with this message, so nothing more is asked for it. Send the message again if you still need the answer.",
  }),
  ...codes({ action: "none", retry: "no", ...ELSEWHERE })({
    no_stream_configured: "This account has no stream at the moment: __reason__",
    page_car_gone: "This car is not there any more, or Node-RED was started anew. Load the page again.",
    too_many_pages: "Too many pages that show your cars are open at the same time. Close some of them.",
  }),
  ...codes({ action: "report", retry: "later", scope: "account", outcome: "answered", isTrouble: true })({
    internal: "An unexpected error happened in the CarData nodes: __reason__. Please report this.",
  }),
} satisfies Readonly<Record<string, ErrorEntry>>;

/** The one enumeration of error codes. */
export type ErrorCode = keyof typeof ERROR_TABLE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

/** Texts appended to the error of an earlier refusal that is still valid. */
export const KNOWN_TEXTS = {
  known_since:
    "BMW said so on __since__ and was not asked again. A message with msg.force set to true asks all the same.",
  known_until:
    "BMW said so on __since__ and was not asked again; it will be from __until__ on. A message with msg.force set to true asks all the same.",
} as const;

/** Holds all English sentences of errors by their keys in the message catalogue. */
export const ERROR_TEXTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ERROR_TABLE).map(([code, { text }]) => [code, text])),
  ...KNOWN_TEXTS,
};
