// What a hostile page tries. AWAY is a site that nothing may reach.
const away = 'AWAY', tell = (k, v) => { const p = document.createElement('p'); p.textContent = k + ': ' + v; document.body.append(p) };
fetch(away + '/fetch', {mode: 'no-cors'}).then(r => tell('fetch', 'REACHED'), () => tell('fetch', 'refused'));
fetch('/api/items', {method: 'DELETE'}).then(r => tell('delete', 'REACHED'), () => tell('delete', 'refused'));
fetch('http://169.254.169.254/latest', {mode: 'no-cors'}).then(r => tell('metadata', 'REACHED'), () => tell('metadata', 'refused'));
fetch('http://10.9.9.9/', {mode: 'no-cors'}).then(r => tell('private', 'REACHED'), () => tell('private', 'refused'));
fetch('file:///etc/hostname').then(r => tell('file', 'REACHED'), () => tell('file', 'refused'));
const w = new WebSocket(away.replace('http', 'ws') + '/ws'); w.onopen = () => tell('ws', 'REACHED'); w.onerror = w.onclose = () => tell('ws', 'refused');
const k = new Worker(URL.createObjectURL(new Blob(["fetch('" + away + "/worker', {mode: 'no-cors'}).then(() => postMessage('REACHED'), () => postMessage('refused'));"
  + "try { const s = new WebSocket('" + away.replace('http', 'ws') + "/workerws'); s.onopen = () => postMessage('REACHED') } catch (e) {}"])));
k.onmessage = e => tell('worker', e.data);
navigator.sendBeacon(away + '/beacon', 'x'); navigator.sendBeacon('/danger', 'x');
window.open(away + '/popup'); window.open('/popup'); alert('stop');
navigator.serviceWorker && navigator.serviceWorker.register('/sw.js');
try { const c = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:' + new URL(away).port},
  ...['udp', 'tcp'].map(way => ({urls: 'turn:127.0.0.1:' + new URL(away).port + '?transport=' + way, username: 'u', credential: 'p'}))]}); c.createDataChannel('x');
  c.onicecandidate = e => e.candidate && / 127| 10\.| 192/.test(e.candidate.candidate) && tell('webrtc', 'REACHED');
  c.createOffer().then(o => c.setLocalDescription(o)) } catch (e) {}
const d = document.createElement('a'); d.href = '/download'; d.download = 'x'; document.body.append(d); d.click();
