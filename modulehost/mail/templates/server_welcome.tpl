name: Dedicated/VPS Server Welcome Email
type: product
subject: New Dedicated Server Information

<p>Dear {$client_name},</p>
<p>your server is ready.</p>
<p>Server: {$service_product_name}<br />Main IP: {$service_dedicated_ip}<br />Root password: {$service_password}<br />
Hostname: {$service_domain}{if $service_assigned_ips}<br />Further addresses: {$service_assigned_ips}{/if}</p>
<p>{$signature}</p>
